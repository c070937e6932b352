import type { Member, MemberOptions, Membership } from '../../engine/ports/membership.ts';
import type { TopicPartition } from '../../log/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { PartitionLost, LogError } from '../../log/errors.ts';
import { systemClock } from '../../time/system-clock.ts';
import { unlessAborted, within } from '../../time/waiting.ts';
import { Tenures } from '../../engine/assignment/tenures.ts';
import { assignSticky, type Candidate } from '../../engine/assignment/sticky-assigner.ts';
import { Rounds } from '../client/rounds.ts';
import { Supervisor } from '../../engine/worker/supervisor.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../wire/group-protocol.ts';

const PROTOCOL = 'atelier-sticky';
/** Milliseconds that a stopping member waits for the coordinator, at each of two steps. */
const LEAVING_MS = 750;
const LOST = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);

interface Joined {
  readonly generationId: number;
  readonly memberId: string;
  readonly leaderId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/**
 * Membership in a consumer group by the classic protocol: join, sync, heartbeats on a timer of their own, so
 * that slow work never looks like a dead member. Partitions that stay are worked on during a rebalance: what
 * protects them is the generation in each commit, and the tenure under which their positions were read, not a pause.
 */
export class GroupMember implements Member {
  private readonly client: KafkaClient;
  private readonly options: MemberOptions;
  private readonly sessionTimeoutMs: number;
  private readonly stopping = new AbortController();
  private readonly supervisor: Supervisor;
  private refusal: string | undefined;
  private memberId = '';
  private generation = -1;
  private rejoin = true;
  private heardAt = performance.now();
  private readonly tenures = new Tenures();
  private partitions: readonly TopicPartition[] = [];
  private loop: Promise<void> | undefined;
  /** One heartbeat for all partitions that are to be confirmed. */
  private readonly confirming = new Rounds(async () => {
    const { membership } = this;
    await this.heartbeat(membership);
    return membership;
  });
  private stable = Promise.withResolvers<void>();

  constructor(client: KafkaClient, options: MemberOptions) {
    this.client = client;
    this.options = options;
    this.sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
    this.supervisor = new Supervisor(systemClock, 'The membership', (error) =>
      options.report('failed', error.message),
    );
  }

  start(): void {
    this.loop ??= this.supervisor.run(() => this.run(), this.stopping.signal);
  }

  /**
   * Leaves the group, so that others take over at once, static members too (KIP-345). Does not wait for a rebalance
   * that is under way: the coordinator holds that connection back, so the word goes over another. Resolves within
   * 1.5 seconds; a coordinator that did not hear it ends the membership with the session.
   */
  async stop(): Promise<void> {
    this.stopping.abort(new KafkaError('STOPPED', 'The consumer is stopping', { retryable: false }));
    this.stable.resolve();
    if (!this.loop) return;
    const quiet = await within(systemClock, LEAVING_MS, this.loop);
    if (!this.memberId && (quiet || this.instanceId === null)) return;
    const client = quiet ? this.client : this.client.sibling('leaving');
    await this.leave(client);
    if (!quiet) void client.close();
  }

  private async leave(client = this.client): Promise<void> {
    const leaving = { memberId: this.memberId, groupInstanceId: this.instanceId };
    await within(systemClock, LEAVING_MS, this.coordinated('LeaveGroup', leaving, client));
  }

  get membership(): Membership {
    return { memberId: this.memberId, generation: this.generation };
  }

  get joined(): boolean {
    return this.generation >= 0;
  }

  /** Why there is no membership, or why it is being started again. */
  get trouble(): string | undefined {
    return this.supervisor.trouble ?? this.refusal;
  }

  /** Milliseconds since the coordinator last answered. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  /**
   * The membership under which this partition is worked on: to be taken before a batch is handled, so that the
   * broker refuses its offsets if the group has moved on meanwhile. Throws PartitionLost.
   */
  membershipOf(topic: string, partition: number): Membership {
    const owned = this.partitions.some((mine) => mine.topic === topic && mine.partition === partition);
    if (!owned || !this.joined) throw new PartitionLost(topic, partition);
    return this.membership;
  }

  /** See `Member`. */
  tenureOf(topic: string, partition: number): number {
    const tenure = this.tenures.of(topic, partition);
    if (tenure === undefined) throw new PartitionLost(topic, partition);
    return tenure;
  }

  /** See `Member`. */
  async confirmOwnership(topic: string, partition: number, signal: AbortSignal): Promise<Membership> {
    for (;;) {
      await unlessAborted(this.stable.promise, signal);
      this.stopping.signal.throwIfAborted();
      const membership = this.membershipOf(topic, partition);
      try {
        const { memberId, generation } = await this.confirming.join([]);
        if (memberId === membership.memberId && generation === membership.generation) return membership;
      } catch (cause) {
        const error = kafkaError(cause);
        if (error.code !== 'REBALANCE_IN_PROGRESS' && !error.retryable)
          throw new PartitionLost(topic, partition, error);
        await sleep(50, undefined, { signal });
      }
    }
  }

  private get instanceId(): string | null {
    return this.options.instanceId ?? null;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (this.rejoin) await this.join();
        await this.beat();
      } catch (cause) {
        if (!signal.aborted) await this.recover(this.expected(cause));
      }
    }
  }

  /** What Kafka says or fails to say is dealt with here; anything else is a fault, after which a join begins anew. */
  private expected(cause: unknown): LogError {
    const error = kafkaError(cause);
    if (error.code !== 'CLIENT') return error;
    this.expectRebalance();
    throw error;
  }

  private async join(): Promise<void> {
    const { topics, held, assigned, report, group } = this.options;
    const joined = await this.joinGroup(encodeSubscription(topics, held()));
    this.memberId = joined.memberId;
    // The coordinator leads a group of the KIP-848 protocol itself: its answer names no leader.
    if (joined.leaderId === '') throw foreignMember(group);
    const { generationId, memberId } = joined;
    const groupAssignment = joined.leaderId === memberId ? await this.assign(joined) : [];
    const sync = { generationId, memberId, groupInstanceId: this.instanceId, groupAssignment };
    const { memberAssignment } = await this.coordinated<{ memberAssignment: Buffer }>('SyncGroup', sync);
    [this.generation, this.rejoin] = [generationId, false];
    this.hear();
    this.partitions = decodeAssignment(memberAssignment);
    this.tenures.begin(this.generation, this.partitions);
    this.stable.resolve();
    report(
      'joined',
      `${group} generation ${this.generation}: ${this.partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(', ') || 'nothing'}`,
    );
    assigned(this.partitions);
  }

  private async joinGroup(metadata: Buffer): Promise<Joined> {
    const args = (memberId: string) => ({
      memberId,
      groupInstanceId: this.instanceId,
      sessionTimeout: this.sessionTimeoutMs,
      rebalanceTimeout: 60_000,
      protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL, metadata }],
    });
    try {
      return await this.coordinated<Joined>('JoinGroup', args(this.memberId));
    } catch (error) {
      const assignedId = (kafkaError(error).cause as { memberId?: string } | undefined)?.memberId;
      if (!assignedId) throw error;
      this.memberId = assignedId;
      return this.coordinated<Joined>('JoinGroup', args(assignedId));
    }
  }

  private async assign({ members }: Joined): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const candidates: Candidate[] = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      ...decodeSubscription(memberMetadata),
    }));
    const counts = new Map<string, number>();
    for (const topic of new Set(candidates.flatMap(({ topics }) => topics))) {
      const { leaders } = await this.client.topic(topic);
      counts.set(topic, Math.min(leaders.length, this.options.partitions?.(topic) ?? Infinity));
    }
    const assignment = assignSticky(candidates, counts);
    return [...assignment].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: encodeAssignment(partitions),
    }));
  }

  /** Heartbeats until one fails. */
  private async beat(): Promise<void> {
    for (;;) {
      await sleep(this.sessionTimeoutMs / 10, undefined, { signal: this.stopping.signal });
      await this.heartbeat(this.membership);
    }
  }

  private async heartbeat({ memberId, generation }: Membership): Promise<void> {
    await this.coordinated('Heartbeat', {
      memberId,
      groupInstanceId: this.instanceId,
      groupGenerationId: generation,
    });
    this.hear();
  }

  private hear(): void {
    this.heardAt = performance.now();
    this.refusal = undefined;
  }

  /** A broker that cannot be reached is asked again; only the coordinator's word ends a membership. */
  private async recover(error: LogError): Promise<void> {
    if (error.code === 'REBALANCE_IN_PROGRESS') return this.expectRebalance();
    if (!error.retryable) this.refusal = error.message;
    if (LOST.has(error.code)) this.lose(error);
    // Another process runs under the same name: trying at once would only throw it out in turn.
    if (error.code === 'FENCED_INSTANCE_ID') await this.pause(30_000);
    if (LOST.has(error.code)) return;
    if (error.code === 'INCONSISTENT_GROUP_PROTOCOL') {
      // It may have joined all the same: the group would wait for the session of a member that does nothing.
      if (this.memberId) await this.leave();
      this.lose(foreignMember(this.options.group));
      await this.pause(this.options.otherKindPauseMs ?? 10_000);
    }
    await this.pause(200);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private expectRebalance(): void {
    if (!this.rejoin) this.stable = Promise.withResolvers();
    this.rejoin = true;
  }

  /** The coordinator gave the partitions away: whatever was under way here is void. */
  private lose(error: LogError): void {
    if (error.code !== 'ILLEGAL_GENERATION') this.memberId = '';
    this.expectRebalance();
    this.generation = -1;
    this.partitions = [];
    this.tenures.end();
    this.refusal = error.message;
    this.options.report('lost', `${this.options.group}: ${error.message}`);
    this.options.assigned([]);
  }

  private async coordinated<T>(api: string, args: object, client = this.client): Promise<T> {
    const node = await client.coordinator('group', this.options.group);
    return client.call<T>(node, api, { groupId: this.options.group, ...args });
  }
}

/** A member of the KIP-848 protocol, or with other assigners, keeps this one out. */
function foreignMember(group: string): LogError {
  const message = `The group ${group} has members of another kind (another assigner, or the KIP-848 protocol). Stop them: one group, one kind`;
  return new KafkaError('INCONSISTENT_GROUP_PROTOCOL', message, { retryable: false });
}
