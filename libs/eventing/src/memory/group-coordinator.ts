import type { Clock } from '../time/clock.ts';
import type { Membership } from '../engine/ports/membership.ts';
import { assignSticky, type Candidate } from '../engine/assignment/sticky-assigner.ts';
import type { GroupPosition } from '../engine/ports/transactions.ts';
import { LogError } from '../log/errors.ts';
import type { StoredPosition, TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';
import { Sessions } from './sessions.ts';

/** One member, as its coordinator calls it. */
export interface JoinedMember {
  /** Its static name, if it has one (KIP-345). */
  readonly instanceId: string | undefined;
  readonly sessionTimeoutMs: number;
  readonly candidate: () => Candidate;
  /** How many partitions of a topic it shares out where it leads the group; undefined while that is not known. */
  readonly partitionsOf: (topic: string) => number | undefined;
  /** How it hears of a rebalance: a generation, and what is its own in it. */
  readonly rebalanced: (generation: number, partitions: readonly TopicPartition[]) => void;
  /** A heartbeat of it would be refused now. */
  readonly expelled: () => void;
}

/** Who commits: a member of a generation, by its static name, too, where it has one. */
export interface Committer extends Membership {
  readonly instanceId?: string | undefined;
}

/** `order`: of those that come to one group, the later one counts. */
interface Committed extends StoredPosition {
  readonly order: number;
}

const NEVER: StoredPosition = { offset: -1n, metadata: '' };
/** Bytes of the text that is kept with a position: the default of brokers. */
const MAX_METADATA_BYTES = 4_096;

/**
 * One group as its coordinator has it: members and their generation, positions, and those that a transaction may yet change. A
 * rebalance waits for the members that are silent until they are heard again, or their sessions end.
 */
export class GroupCoordinator {
  readonly group: string;
  private readonly exists: (at: TopicPartition) => boolean;
  private readonly changed: () => void;
  private readonly members = new Map<string, JoinedMember>();
  private readonly sessions: Sessions;
  private readonly positions = new Map<string, Committed>();
  /** By producer id, what its open transaction will have committed. */
  private readonly pending = new Map<bigint, Map<string, Committed>>();
  private commits = 0;
  private assignment: ReadonlyMap<string, readonly TopicPartition[]> = new Map();
  private generation = 0;
  private settling: PromiseWithResolvers<void> | undefined;

  /** `changed`: what to do when a member has come or gone. */
  constructor(clock: Clock, group: string, exists: (at: TopicPartition) => boolean, changed: () => void) {
    this.sessions = new Sessions(clock, (memberId) => this.expel(memberId));
    this.group = group;
    this.exists = exists;
    this.changed = changed;
  }

  /** Who comes back under a static name takes its own place: nothing is shared out anew. Whoever had the name is locked out. */
  join(memberId: string, joined: JoinedMember): void {
    const former = this.holderOf(joined.instanceId);
    this.members.set(memberId, joined);
    this.changed();
    if (former === undefined || former === memberId) return this.rebalance();
    const expelled = this.members.get(former)?.expelled;
    this.forget(former);
    const partitions = this.assignment.get(former) ?? [];
    this.assignment = new Map(this.assignment).set(memberId, partitions);
    if (this.settling) this.rebalance();
    else joined.rebalanced(this.generation, partitions);
    expelled?.();
  }

  leave(memberId: string): void {
    if (!this.members.has(memberId)) return;
    this.forget(memberId);
    this.rebalance();
  }

  /** No heartbeat comes from this member, until it is heard again. */
  silence(memberId: string): void {
    const member = this.members.get(memberId);
    if (member) this.sessions.begin(memberId, member.sessionTimeoutMs);
  }

  /** The sessions of all silent members end now. */
  expire(): void {
    this.sessions.expire();
  }

  heard(memberId: string): void {
    this.sessions.end(memberId);
    this.goOn();
  }

  /** What a rebalance has waited for may be there. */
  goOn(): void {
    if (this.settling) this.rebalance();
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** A new generation; members may also be made to change places, as after a loss. */
  rebalance(): void {
    this.settling ??= Promise.withResolvers();
    const assignment = this.sessions.someRun ? undefined : this.assign();
    if (!assignment) return;
    this.generation++;
    this.assignment = assignment;
    this.settling.resolve();
    this.settling = undefined;
    for (const [memberId, { rebalanced }] of this.members)
      rebalanced(this.generation, this.assignment.get(memberId) ?? []);
  }

  /** The static names of its members. */
  get instances(): readonly string[] {
    return [...this.members.values()].flatMap(({ instanceId }) => instanceId ?? []);
  }

  /** Resolves when no rebalance is under way; undefined when none is. */
  get settled(): Promise<void> | undefined {
    return this.settling?.promise;
  }

  /** Throws UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION or FENCED_INSTANCE_ID, as heartbeats and commits do. */
  confirm({ memberId, generation, instanceId }: Committer): void {
    if (memberId === '' && generation < 0 && this.members.size === 0) return;
    const holder = this.holderOf(instanceId);
    if (holder !== undefined && holder !== memberId)
      throw refused('FENCED_INSTANCE_ID', `Another member of ${this.group} has the name ${instanceId}`);
    if (!this.members.has(memberId))
      throw refused('UNKNOWN_MEMBER_ID', `${this.group} has no member ${memberId}`);
    if (generation !== this.generation)
      throw refused(
        'ILLEGAL_GENERATION',
        `${this.group} is in generation ${this.generation}, not ${generation}`,
      );
  }

  commit(position: GroupPosition & Committer): void {
    this.confirm(position);
    this.positions.set(keyOf(position), this.storable(position));
  }

  /** A position that is one with a transaction: it counts when that is committed. One of no member is let pass, as brokers do. */
  enrol(producerId: bigint, position: GroupPosition): void {
    if (position.memberId !== '' || position.generation >= 0) this.confirm(position);
    const stored = this.storable(position);
    const own = this.pending.get(producerId) ?? new Map<string, Committed>();
    this.pending.set(producerId, own.set(keyOf(position), stored));
  }

  /** The marker of a transaction has come. */
  mark(producerId: bigint, outcome: 'committed' | 'aborted'): void {
    const own = this.pending.get(producerId);
    this.pending.delete(producerId);
    if (outcome !== 'committed') return;
    for (const [key, position] of own ?? [])
      if (position.order > (this.positions.get(key)?.order ?? 0)) this.positions.set(key, position);
  }

  /** Whether a transaction of this producer has positions here that were not decided. */
  isOpenOf(producerId: bigint): boolean {
    return this.pending.has(producerId);
  }

  /** Undefined while a transaction may change it: see KIP-447. */
  position(at: TopicPartition): StoredPosition | undefined {
    if (this.changedBy(at) !== undefined) return undefined;
    const { offset, metadata } = this.positions.get(keyOf(at)) ?? NEVER;
    return { offset, metadata };
  }

  /** The producer whose open transaction may change it. */
  changedBy(at: TopicPartition): bigint | undefined {
    return [...this.pending].find(([, own]) => own.has(keyOf(at)))?.[0];
  }

  private holderOf(instanceId: string | undefined): string | undefined {
    if (instanceId === undefined) return undefined;
    return [...this.members].find(([, member]) => member.instanceId === instanceId)?.[0];
  }

  private expel(memberId: string): void {
    this.forget(memberId);
    this.rebalance();
  }

  private forget(memberId: string): void {
    this.sessions.end(memberId);
    this.members.delete(memberId);
    this.changed();
  }

  /** As the first member would have it, who leads; undefined while a topic is not there. */
  private assign(): ReadonlyMap<string, readonly TopicPartition[]> | undefined {
    const [leader] = this.members.values();
    const candidates = [...this.members.values()].map(({ candidate }) => candidate());
    const counts = new Map<string, number>();
    for (const topic of new Set(candidates.flatMap(({ topics }) => topics))) {
      const count = leader?.partitionsOf(topic);
      if (count === undefined) return undefined;
      counts.set(topic, count);
    }
    return assignSticky(candidates, counts);
  }

  private storable({ topic, partition, offset, metadata = '' }: GroupPosition): Committed {
    if (!this.exists({ topic, partition }))
      throw new LogError('UNKNOWN_TOPIC_OR_PARTITION', `${partitionKey(topic, partition)} does not exist`, {
        retryable: true,
      });
    if (Buffer.byteLength(metadata) <= MAX_METADATA_BYTES) return { offset, metadata, order: ++this.commits };
    throw new LogError(
      'OFFSET_METADATA_TOO_LARGE',
      `The text with a position of ${this.group} has more than ${MAX_METADATA_BYTES} bytes`,
      { retryable: false },
    );
  }
}

const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition);

const refused = (code: string, message: string) => new LogError(code, message, { retryable: false });
