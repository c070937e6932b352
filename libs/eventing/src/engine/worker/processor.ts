import type { ConsumedRecord } from '../../log/record.ts';
import type { DueAt, LaneBatch, Positions } from './lanes.ts';

/** What is done with the records of one assigned partition. */
export interface Processor {
  /** Topics whose partition of the same number is worked on by the same worker. */
  readonly sideTopics?: readonly string[];
  /** When a record of a side topic may be handled; at once unless given. */
  readonly dueAt?: DueAt;
  /** What operators should know, though it stops nothing. */
  readonly notices?: readonly string[];
  /** What `process` takes is durable once it was settled, and not before: see `Handler.defers`. */
  readonly defers?: boolean;
  /** Something else sees to it that batches are larger under load: the worker need not rest between two. */
  readonly paced?: boolean;
  /** The whole assignment sequence; answers the offsets to go on from. Runs again after every failure. */
  assign(signal: AbortSignal): Promise<Positions>;
  /**
   * Handles a batch. When it resolves, what came of it and the new position are durable together. Answers the
   * records, from its end, that are left for later. Calls `handled` once the handler has answered, before
   * anything leaves this process: it throws when that came too late. A processor whose late results do no harm
   * need not call it.
   */
  process(batch: LaneBatch, signal: AbortSignal, handled: () => void): Promise<readonly ConsumedRecord[]>;
  /** Whether there is something to do that no batch will bring: records that were parked, and are free to go. */
  readonly owes?: boolean;
  /** Does some of what it owes; durable when it resolves, like a batch. */
  settle?(signal: AbortSignal, handled: () => void): Promise<void>;
  /** Calls back, from now on, whenever it may have come to owe something. */
  onOwing?(listener: () => void): void;
  /** After a failure: gives back what may block others. Never throws. */
  abandon(): Promise<void>;
  close(): Promise<void>;
}
