import { EventingError } from '../../domain/index.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { RecordBatch } from './record-batch.ts';

/** Why the records of a batch cannot be read. They never will be, however often it is tried. */
export class BrokenBatch extends EventingError {
  constructor({ baseOffset, lastOffset, codec, count }: RecordBatch, cause: Error) {
    super(
      'UNDECODABLE',
      `The batch of offsets ${baseOffset} to ${lastOffset} (${count} records, ${codec}) cannot be read: ${cause.message}`,
      { fields: { baseOffset, lastOffset, codec }, cause },
    );
  }
}

/** The whole of a batch that cannot be read, in the place of its records: its bytes as they stand in the log. */
export function unread(
  batch: RecordBatch,
  topic: string,
  partition: number,
  error: BrokenBatch,
): ConsumedRecord {
  const { baseOffset: offset, lastOffset, maxTimestamp: timestamp, codec, bytes: value } = batch;
  const broken = { lastOffset, codec, error };
  return { topic, partition, offset, timestamp, key: null, value, headers: [], broken };
}
