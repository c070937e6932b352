import type { Cluster } from '../engine/cluster.ts';
import type { GroupPosition } from '../engine/transactions.ts';
import type { RecordPlace, TopicPartition } from '../log/log.ts';
import type { OutgoingRecord } from '../log/record.ts';

/** A cluster that a contract suite runs on, and what only whoever owns it can do. */
export interface ClusterUnderTest {
  readonly cluster: Cluster;
  /** Milliseconds of the shortest session that a member may ask for. */
  readonly shortestSessionMs: number;
  /** Makes a topic, under this name if one is given; answers its name. */
  topic(partitions?: number, name?: string): Promise<string>;
  /** Makes a group that stands at the beginning of each partition of a topic; answers its name. */
  group(topic: string): Promise<string>;
  /** Lets everything before this offset go, as retention does. */
  trim(before: RecordPlace): Promise<void>;
  /** The cluster as another process has it. */
  process(name: string): ProcessUnderTest;
  /** Transactions under this id, which is fenced by it; each may be open for so long, for a minute unless given. */
  transactions(transactionalId: string, timeoutMs?: number): Promise<TransactionRequests>;
  close(): Promise<void>;
}

/** While it is paused its members do not heartbeat; what is asked for beside is answered. */
export interface ProcessUnderTest {
  readonly cluster: Cluster;
  pause(): void;
  resume(): void;
}

/** A partition, or the positions of a group. */
export type MarkedPlace = TopicPartition | { readonly group: string };

/** The requests of which a producer makes transactions, one by one. The first write, or position, begins one. */
export interface TransactionRequests {
  /** Answers the offset. */
  write(record: OutgoingRecord): Promise<bigint>;
  commitPosition(position: GroupPosition): Promise<void>;
  /** Writes the marker of what is open into one place, as a coordinator that has come no further yet. */
  mark(place: MarkedPlace, outcome: 'committed' | 'aborted'): Promise<void>;
  /** EndTxn. Markers come later. */
  end(outcome: 'committed' | 'aborted'): Promise<void>;
  /** The same of the transaction before: the answer was not heard. */
  endAgain(outcome: 'committed' | 'aborted'): Promise<void>;
}
