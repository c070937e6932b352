import { EventingError } from '../domain/index.ts';
import type { RecordPlace } from './ignored-record.ts';

/**
 * A record on an events topic that is no event of it. Nobody can fold it, and nobody leaves it out unasked: the fold waits, and
 * asks again, until an operator has decided about that one record. It is no outage, and nobody else waits for it.
 */
export class UndecidedRecord extends EventingError {
  constructor({ topic, partition, offset }: RecordPlace, cause: Error) {
    super(
      'UNDECIDED_RECORD',
      `The record at ${topic}-${partition} offset ${offset} cannot be folded: ${cause.message}. Nothing is decided on this partition until that is mended, or an operator has decided that this record is ignored`,
      { retryable: true, fields: { topic, partition, offset }, cause },
    );
  }
}
