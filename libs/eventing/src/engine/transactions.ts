import type { BaseOffsets } from '../log/partitions.ts';
import type { OutgoingRecord } from '../log/record.ts';
import type { Membership } from './membership.ts';

/** How far a group has come in one partition, and under which membership. */
export interface GroupPosition extends Membership {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The next offset that the group is to handle. */
  readonly offset: bigint;
  /** Text that is kept with the offset, 4,096 bytes at most by the broker's default. */
  readonly metadata?: string;
}

/** One transactional id, one transaction at a time. After any error it is spent, until it is fenced again. */
export interface Producer {
  /**
   * Takes a new epoch: ends the open transaction of whoever had this id before, and locks them out. It knows nothing of
   * ownership: call it only right after a heartbeat that succeeded in the current generation.
   */
  fence(signal?: AbortSignal): Promise<void>;
  /**
   * Writes the records and the group's position, both or neither. `metadata` makes the text that is kept with the
   * position, of where the records are and whose they are. Answers where the records are. On an error the outcome is `aborted` or unknown; either way the position
   * that the group has committed is the truth, as far as its witnesses are there: see `Witness`.
   */
  transact(
    records: readonly OutgoingRecord[],
    position: GroupPosition,
    metadata?: (offsets: BaseOffsets, producerId: bigint) => string,
  ): Promise<BaseOffsets>;
  /** Gives up the epoch, and tries once to end an open transaction. Never throws. */
  abandon(): Promise<void>;
}

/** Writes outside of any transaction. */
export interface Appender {
  /** The record's offset, once all in-sync replicas have it. What is appended in one go keeps its order. */
  append(record: OutgoingRecord): Promise<bigint>;
}
