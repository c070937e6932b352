import type { Log } from '../log/log.ts';
import type { DoneRanges } from '../log/done-ranges.ts';
import type { BaseOffsets } from '../log/partitions.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { DueAt } from './worker/lanes.ts';

/** Where the group stands in a topic. */
export interface Reached {
  readonly topic: string;
  readonly offset: bigint;
  /** What is done beyond it; what was known before unless given. */
  readonly done?: DoneRanges;
}

/** What a batch came to: records to publish, and what to do once they and the position are committed. */
export interface Handled {
  readonly output: readonly OutgoingRecord[];
  /** The records, from the end of the batch, that are left for later. None unless given. */
  readonly rest?: readonly ConsumedRecord[];
  /** The offset to go back to when its transaction is torn; the position before it unless given. */
  readonly from?: bigint;
  /** Nothing came of it, nor would if it were handled again, and there is nothing to do then: the position may be committed later. */
  readonly canWait?: boolean;
  readonly committed?: (offsets: BaseOffsets) => Promise<void> | void;
  /** Where the group stands with what was settled; where it stood unless given. */
  readonly reached?: Reached;
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
   * a heartbeat, once that position is stable: nobody else writes any more what it reads. `done`: by topic, what is done beyond the
   * positions.
   */
  restore?(log: Log, signal: AbortSignal, at: bigint, done: ReadonlyMap<string, DoneRanges>): Promise<void>;
  /** `end`: where the group stands once all of the records are handled. */
  handle(records: readonly ConsumedRecord[], signal: AbortSignal, end: Reached): Promise<Handled>;
  /**
   * It goes on with the records of a batch beside the batches that follow: `handle` answers only what is left of it, and what comes of
   * the others is settled. Once the signal has fired it owes whatever is under way, and begins nothing.
   */
  readonly defers?: boolean;
  /** Whether it owes what no batch will bring; `settle` does some of that. */
  readonly owes?: boolean;
  settle?(signal: AbortSignal): Promise<Handled | undefined>;
  /** Calls back, from now on, whenever it may have come to owe something. */
  onOwing?(listener: () => void): void;
  /** What is under way is void, and nothing else begins: what follows is `restore`, or the end. */
  abandon?(): void;
  close?(): Promise<void>;
}
