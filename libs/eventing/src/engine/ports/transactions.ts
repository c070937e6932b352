import { type BaseOffsets, partitionKey } from '../../log/partitions.ts';
import type { OutgoingRecord } from '../../log/record.ts';
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

/** What one lane has part in a transaction with: records, and how far its group has come with them. */
export interface TransactionPart {
  readonly records: readonly OutgoingRecord[];
  readonly position: GroupPosition;
  /** Makes the text that is kept with the position, of where these records are and whose they are. */
  readonly metadata?: (offsets: BaseOffsets, producerId: bigint) => string;
}

/** One transactional id, one transaction at a time. After any error it is spent, until it is fenced again. */
export interface Producer {
  /**
   * Takes a new epoch: ends the open transaction of whoever had this id before, and locks them out. It knows nothing of
   * ownership: call it only right after a heartbeat that succeeded in the current generation.
   */
  fence(signal?: AbortSignal): Promise<void>;
  /**
   * Writes the records and positions of all parts, all or nothing. Answers where the records of each part are. Throws LogError:
   * nothing was committed, and the error names in `fields` the `topic` and `partition`, or the `group`, that refused, where one
   * did; CommitUnknown where it may have been. Either way the positions that the groups have committed are the truth, as far as
   * their witnesses are there: see `Witness`.
   */
  transact(parts: readonly TransactionPart[]): Promise<readonly BaseOffsets[]>;
  /**
   * Resolves when the last transaction is a fact: its markers are written, and the groups stand where it says. Throws LogError,
   * retryable, when that is not so for seconds: brokers can lose markers (KAFKA-20734).
   */
  settled(): Promise<void>;
  /** Where the last transaction is not a fact yet, as far as that was seen: of `placesOf` its parts. */
  readonly unmarked: ReadonlySet<string>;
  /** Gives up the epoch, and tries once to end an open transaction. Never throws. */
  abandon(): Promise<void>;
}

/** Every place to which a part brings a marker: partitions, and its group's positions. */
export const placesOf = ({ records, position }: TransactionPart): readonly string[] => [
  ...new Set(records.map(({ topic, partition }) => partitionKey(topic, partition))),
  positionsOf(position.group),
];

/** The place of a group's positions. */
export const positionsOf = (group: string) => `positions of ${group}`;

/** Writes outside of any transaction. */
export interface Appender {
  /** The record's offset, once all in-sync replicas have it. What is appended in one go keeps its order. */
  append(record: OutgoingRecord): Promise<bigint>;
}

export function byGroup(positions: readonly GroupPosition[]): Map<string, GroupPosition[]> {
  const groups = new Map<string, GroupPosition[]>();
  for (const position of positions) {
    const own = groups.get(position.group);
    if (own) own.push(position);
    else groups.set(position.group, [position]);
  }
  return groups;
}
