import type { TopicPartition } from '../../log/log.ts';

/** The membership under which records were read: commits of an older generation are refused (KIP-447). */
export interface Membership {
  readonly memberId: string;
  readonly generation: number;
}

/** What a member would keep at a rebalance: `topic-partition` keys. */
export interface Held {
  /** Those that it works on now. */
  readonly running: readonly string[];
  /** Those whose state it has on disk. */
  readonly stored: readonly string[];
}

export interface MemberOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * The process's name among the members (KIP-345): a restart under the same name takes its own place back at
   * once, where the group would otherwise wait for the session of the dead one to end. Must be unique.
   */
  readonly instanceId?: string;
  /** How many partitions of a topic are shared out, where it may have more: all unless given. */
  readonly partitions?: ((topic: string) => number) | undefined;
  /** What is to be kept where possible, asked at each join. */
  readonly held: () => Held;
  /** Told after each rebalance, and with an empty list when the membership was lost. */
  readonly assigned: (partitions: readonly TopicPartition[]) => void;
  readonly report: (event: 'joined' | 'lost' | 'failed', detail: string) => void;
  /** Milliseconds without a heartbeat after which the partitions go to others; 10,000 unless given. */
  readonly sessionTimeoutMs?: number;
  /** Milliseconds until a group that has members of another kind is tried again; 10,000 unless given. */
  readonly otherKindPauseMs?: number;
}

/** A process's part in a group: heartbeats on a timer of its own, so that slow work never looks like a dead member. */
export interface Member {
  start(): void;
  /** Leaves the group, so that others take over at once. */
  stop(): Promise<void>;
  readonly joined: boolean;
  /** Why there is no membership, or why it is being started again. */
  readonly trouble: string | undefined;
  /** Milliseconds since the coordinator last answered. */
  readonly silentMs: number;
  /**
   * The membership under which this partition is worked on: to be taken before a batch is handled, so that its position is
   * refused if the group has moved on meanwhile. Throws PartitionLost.
   */
  membershipOf(topic: string, partition: number): Membership;
  /**
   * A number that is another one whenever the partition may have been somebody else's meanwhile. What was read of it under another
   * tenure is void, although the group takes commits of the present generation. Throws PartitionLost.
   */
  tenureOf(topic: string, partition: number): number;
  /**
   * Resolves after a heartbeat that succeeded in a generation that gives this partition to this member; waits for
   * a rebalance to end. Throws PartitionLost otherwise. Must come before positions are read, and before
   * every fence, which itself knows nothing of ownership.
   */
  confirmOwnership(topic: string, partition: number, signal: AbortSignal): Promise<Membership>;
}
