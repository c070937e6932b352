import type { Log } from '../log/log.ts';
import type { BaseOffsets } from '../log/partitions.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { DueAt } from './lanes.ts';

/** What a batch came to: records to publish, and what to do once they and the position are committed. */
export interface Handled {
  readonly output: readonly OutgoingRecord[];
  /** The records, from the end of the batch, that are left for later. None unless given. */
  readonly rest?: readonly ConsumedRecord[];
  /** The offset to go back to when its transaction is torn; the position before it unless given. */
  readonly from?: bigint;
  readonly committed?: (offsets: BaseOffsets) => Promise<void> | void;
}

/** What a handler of any kind does with the records of one partition. It never holds a producer. */
export interface Handler {
  /** Topics whose partition of the same number it handles beside the source; `dueAt` of their records. */
  readonly sideTopics?: readonly string[];
  readonly dueAt?: DueAt;
  /** What operators should know, though it stops nothing: sentences, for as long as they are true. */
  readonly notices?: readonly string[];
  /**
   * Brings the handler's state up to the stable end of the log; `at` is the group's position in the source. Called after
   * a heartbeat, once that position is stable: nobody else writes any more what it reads.
   */
  restore?(log: Log, signal: AbortSignal, at: bigint): Promise<void>;
  handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled>;
  /** Whether it owes what no batch will bring; `settle` does some of that. */
  readonly owes?: boolean;
  settle?(signal: AbortSignal): Promise<Handled>;
  close?(): Promise<void>;
}
