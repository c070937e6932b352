import type { Member, MemberOptions, Membership } from '../engine/ports/membership.ts';
import { Tenures } from '../engine/assignment/tenures.ts';
import type { Clock } from '../time/clock.ts';
import { unlessAborted } from '../time/waiting.ts';
import { LogError, PartitionLost } from '../log/errors.ts';
import type { TopicPartition } from '../log/log.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { MemoryBroker } from './memory-broker.ts';

const SESSION_TIMEOUT_MS = 10_000;
/** Milliseconds until a member whose name another one has joins again: at once, it would only throw that out in turn. */
const NAMESAKE_MS = 30_000;

/**
 * A member of a group of a broker in memory. It hears of a rebalance at once, unless it is paused: then it does not heartbeat,
 * knows what it knew, and loses its place with its session.
 */
export class MemoryMember implements Member {
  private readonly broker: MemoryBroker;
  private readonly options: MemberOptions;
  private readonly clock: Clock;
  private readonly group: GroupCoordinator;
  private memberId: string;
  private refusal: string | undefined;
  private stopped = false;
  private paused: (PromiseWithResolvers<void> & { readonly since: number }) | undefined;
  private generation = -1;
  private readonly tenures = new Tenures();
  /** Resolves when it has joined. */
  private joining = Promise.withResolvers<void>();
  private partitions: readonly TopicPartition[] = [];

  constructor(broker: MemoryBroker, options: MemberOptions) {
    this.broker = broker;
    this.options = options;
    this.clock = broker.surroundings.clock;
    this.memberId = broker.nextMember();
    this.group = broker.group(options.group);
  }

  get joined(): boolean {
    return this.generation >= 0;
  }

  get trouble(): string | undefined {
    return this.refusal;
  }

  get silentMs(): number {
    return this.paused ? this.clock.elapsed() - this.paused.since : 0;
  }

  /** It has joined a little later, as on a cluster. */
  start(): void {
    this.clock.timer(0, () => this.join());
  }

  /** Its heart stops: the group may go on without it, and it hears nothing of that. */
  pause(): void {
    this.paused ??= { ...Promise.withResolvers<void>(), since: this.clock.elapsed() };
    this.group.silence(this.memberId);
  }

  resume(): void {
    const { paused } = this;
    if (!paused) return;
    this.paused = undefined;
    paused.resolve();
    this.group.heard(this.memberId);
    if (this.joined) this.heartbeat();
    else this.join();
  }

  /** Its session ends, as that of a process that was killed: it hears nothing of it. */
  expire(): void {
    this.stopped = true;
    this.group.leave(this.memberId);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.joining.resolve();
    // What is paused cannot say so.
    if (!this.paused) this.group.leave(this.memberId);
    this.generation = -1;
    this.partitions = [];
  }

  membershipOf(topic: string, partition: number): Membership {
    const owned = this.partitions.some((mine) => mine.topic === topic && mine.partition === partition);
    if (!owned) throw new PartitionLost(topic, partition);
    return { memberId: this.memberId, generation: this.generation };
  }

  tenureOf(topic: string, partition: number): number {
    const tenure = this.tenures.of(topic, partition);
    if (tenure === undefined) throw new PartitionLost(topic, partition);
    return tenure;
  }

  async confirmOwnership(topic: string, partition: number, signal: AbortSignal): Promise<Membership> {
    for (;;) {
      await unlessAborted(this.joining.promise, signal);
      if (this.stopped) throw new LogError('STOPPED', 'The member has stopped', { retryable: false });
      const membership = this.membershipOf(topic, partition);
      // A heartbeat that is sent now is answered when the process goes on.
      if (this.paused) await unlessAborted(this.paused.promise, signal);
      try {
        this.group.confirm({ ...membership, instanceId: this.options.instanceId });
      } catch (error) {
        throw new PartitionLost(topic, partition, error);
      }
      if (!this.group.settled) return membership;
      await unlessAborted(this.group.settled, signal);
    }
  }

  private join(): void {
    if (this.stopped || this.paused || this.joined) return;
    const { topics, held, instanceId, sessionTimeoutMs = SESSION_TIMEOUT_MS } = this.options;
    this.group.join(this.memberId, {
      instanceId,
      sessionTimeoutMs,
      partitionsOf: (topic) => this.partitionsOf(topic),
      candidate: () => ({ memberId: this.memberId, topics, ...held() }),
      rebalanced: (generation, partitions) => this.rebalanced(generation, partitions),
      expelled: () => this.heartbeat(),
    });
  }

  private partitionsOf(topic: string): number | undefined {
    const count = this.broker.topics.countOf(topic);
    return count && Math.min(count, this.options.partitions?.(topic) ?? Infinity);
  }

  private rebalanced(generation: number, partitions: readonly TopicPartition[]): void {
    const { report, group, assigned } = this.options;
    this.generation = generation;
    this.joining.resolve();
    this.refusal = undefined;
    this.partitions = partitions;
    this.tenures.begin(generation, partitions);
    report('joined', `${group} generation ${generation}`);
    assigned(this.partitions);
  }

  /** Finds out whether the group has gone on without this member. */
  private heartbeat(): void {
    const { memberId, generation } = this;
    if (this.stopped || this.paused) return;
    try {
      this.group.confirm({ memberId, generation, instanceId: this.options.instanceId });
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.lose(error);
    }
  }

  /** The coordinator gave the partitions away: whatever was under way here is void. */
  private lose({ code, message }: LogError): void {
    const { report, assigned, group } = this.options;
    this.memberId = this.broker.nextMember();
    this.joining = Promise.withResolvers();
    this.generation = -1;
    this.partitions = [];
    this.tenures.end();
    this.refusal = message;
    report('lost', `${group}: ${message}`);
    assigned([]);
    if (code === 'FENCED_INSTANCE_ID') this.clock.timer(NAMESAKE_MS, () => this.join(), 'background');
    else this.clock.timer(0, () => this.join());
  }
}
