import type { RecordPlace } from './ignored-record.ts';

/**
 * A record on an events topic that is no event of it. Nobody can fold it, and nobody leaves it out unasked: the fold waits, and
 * asks again, until an operator has decided about that one record. It is no outage, and nobody else waits for it.
 */
export class UndecidedRecord extends Error {
  override readonly name = 'UndecidedRecord';
  readonly code = 'UNDECIDED_RECORD';
  readonly retryable = true;

  constructor({ topic, partition, offset }: RecordPlace, cause: Error) {
    super(
      `The record at ${topic}-${partition} offset ${offset} cannot be folded: ${cause.message}. Nothing is decided on this partition until that is mended, or an operator has decided that this record is ignored`,
      { cause },
    );
  }
}
