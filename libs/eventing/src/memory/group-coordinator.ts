import type { Membership } from '../engine/membership.ts';
import { assignSticky, type Candidate } from '../engine/sticky-assigner.ts';
import type { GroupPosition } from '../engine/transactions.ts';
import { LogError } from '../log/errors.ts';
import type { StoredPosition, TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';

/** How a member hears of a rebalance: a generation, and what is its own in it. */
export type Rebalanced = (generation: number, partitions: readonly TopicPartition[]) => void;

interface Joined {
  readonly candidate: () => Candidate;
  readonly rebalanced: Rebalanced;
}

const NEVER: StoredPosition = { offset: -1n, metadata: '' };

/** One group as its coordinator has it: members and their generation, positions, and those that a transaction may yet change. */
export class GroupCoordinator {
  private readonly group: string;
  private readonly partitionsOf: (topic: string) => number;
  private readonly members = new Map<string, Joined>();
  private readonly positions = new Map<string, StoredPosition>();
  /** By producer id, what its open transaction will have committed. */
  private readonly pending = new Map<bigint, Map<string, StoredPosition>>();
  private generation = 0;

  constructor(group: string, partitionsOf: (topic: string) => number) {
    this.group = group;
    this.partitionsOf = partitionsOf;
  }

  join(memberId: string, joined: Joined): void {
    this.members.set(memberId, joined);
    this.rebalance();
  }

  leave(memberId: string): void {
    if (this.members.delete(memberId)) this.rebalance();
  }

  /** A new generation; members may also be made to change places, as after a loss. */
  rebalance(): void {
    const generation = ++this.generation;
    const candidates = [...this.members.values()].map(({ candidate }) => candidate());
    const topics = new Set(candidates.flatMap((each) => each.topics));
    const counts = new Map([...topics].map((topic) => [topic, this.partitionsOf(topic)]));
    const assignment = assignSticky(candidates, counts);
    for (const [memberId, { rebalanced }] of this.members)
      rebalanced(generation, assignment.get(memberId) ?? []);
  }

  /** A heartbeat. Throws UNKNOWN_MEMBER_ID or ILLEGAL_GENERATION, as every commit does. */
  confirm({ memberId, generation }: Membership): void {
    if (memberId === '' && generation < 0 && this.members.size === 0) return;
    if (!this.members.has(memberId)) throw refused('UNKNOWN_MEMBER_ID', this.group, memberId);
    if (generation !== this.generation) throw refused('ILLEGAL_GENERATION', this.group, memberId);
  }

  commit(position: GroupPosition): void {
    this.confirm(position);
    this.positions.set(keyOf(position), stored(position));
  }

  /** A position that is one with a transaction: it counts when that is committed. */
  enrol(producerId: bigint, position: GroupPosition): void {
    this.confirm(position);
    const own = this.pending.get(producerId) ?? new Map<string, StoredPosition>();
    this.pending.set(producerId, own.set(keyOf(position), stored(position)));
  }

  /** The marker of a transaction has come. */
  mark(producerId: bigint, outcome: 'committed' | 'aborted'): void {
    const own = this.pending.get(producerId);
    this.pending.delete(producerId);
    if (outcome === 'committed') for (const [key, position] of own ?? []) this.positions.set(key, position);
  }

  /** Whether a transaction of this producer has positions here that were not decided. */
  isOpenOf(producerId: bigint): boolean {
    return this.pending.has(producerId);
  }

  /** Undefined while a transaction may change it: see KIP-447. */
  position(at: TopicPartition): StoredPosition | undefined {
    const key = keyOf(at);
    if ([...this.pending.values()].some((own) => own.has(key))) return undefined;
    return this.positions.get(key) ?? NEVER;
  }
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

const stored = ({ offset, metadata = '' }: GroupPosition): StoredPosition => ({ offset, metadata });

const refused = (code: string, group: string, memberId: string) =>
  new LogError(code, `${group} has another generation, or no member ${memberId}`, { retryable: false });
