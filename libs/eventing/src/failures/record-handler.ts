import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';

/** Handles the records of one partition, one after the other. It knows nothing of what follows when one fails. */
export interface RecordHandler {
  /** Whether the record is its business, as far as can be told without decoding it. Prepare it first. */
  concerns(record: ConsumedRecord): boolean;
  /** Looks up what these records, its business or not, need to be told apart and decoded. Rejects when a dependency is down. */
  prepare(records: readonly ConsumedRecord[]): Promise<void>;
  /** What follows from the record, to be published. Throws, or rejects, when it cannot be handled. */
  handle(record: ConsumedRecord): Promise<readonly OutgoingRecord[]> | readonly OutgoingRecord[];
  /** See `Handler.notices`. */
  readonly notices?: readonly string[];
  /** Milliseconds after which what was handled is to be committed; when all of a batch is handled unless given. */
  readonly commitAfterMs?: number;
  close?(): Promise<void>;
}
