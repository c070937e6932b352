import type { Cluster } from './cluster.ts';
import type { Producer } from './transactions.ts';
import type { Member, Membership } from './membership.ts';
import type { Log, StoredPosition } from '../log/log.ts';
import { trustedPosition, refuseOutside } from '../log/positions.ts';
import type { BaseOffsets } from '../log/partitions.ts';
import { LogError } from '../log/errors.ts';
import type { Failpoint } from './failpoints.ts';
import type { DueAt, LaneBatch, Positions } from './lanes.ts';
import type { Processor } from './partition-worker.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { believedPosition, encodeWitness } from './witness.ts';

/** What a batch came to: records to publish, and what to do once they and the position are committed. */
export interface Handled {
  readonly output: readonly OutgoingRecord[];
  /** The records, from the end of the batch, that are left for later. None unless given. */
  readonly rest?: readonly ConsumedRecord[];
  /** The offset to go back to when its transaction is torn; the position before it unless given. */
  readonly from?: bigint;
  readonly committed?: (offsets: BaseOffsets) => Promise<void> | void;
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
   * the fence, never before.
   */
  restore?(log: Log, signal: AbortSignal, at: bigint): Promise<void>;
  handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled>;
  /** Whether it owes what no batch will bring; `settle` does some of that. */
  readonly owes?: boolean;
  settle?(signal: AbortSignal): Promise<Handled>;
  close?(): Promise<void>;
}

export interface TransactionalOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly failpoint?: Failpoint;
  /** Told what brokers have lost of a transaction: its records (see `Witness`), or its position. */
  readonly torn?: (message: string) => void;
}

/** Exactly-once from topic to topic: what a batch publishes and the group's position are one transaction. */
export class TransactionalProcessor implements Processor {
  private readonly cluster: Cluster;
  private readonly member: Member;
  private readonly handler: Handler;
  private readonly options: TransactionalOptions;
  private readonly producer: Producer;
  private positions = new Map<string, bigint>();
  /** What this process has committed, and was told so. */
  private readonly acknowledged = new Map<string, StoredPosition>();

  constructor(cluster: Cluster, member: Member, handler: Handler, options: TransactionalOptions) {
    const { group, topic, partition, failpoint } = options;
    this.cluster = cluster;
    this.member = member;
    this.handler = handler;
    this.options = options;
    const transactionalId = `${group}.${topic}.${partition}`;
    this.producer = cluster.producer({ transactionalId, ...(failpoint && { failpoint }) });
  }

  get sideTopics(): readonly string[] {
    return this.handler.sideTopics ?? [];
  }

  get notices(): readonly string[] {
    return this.handler.notices ?? [];
  }

  dueAt(record: ConsumedRecord): number {
    return this.handler.dueAt?.(record) ?? 0;
  }

  get owes(): boolean {
    return this.handler.owes ?? false;
  }

  /** In this order, always: an offset that is read before the fence may still be moved by the previous owner. */
  async assign(signal: AbortSignal): Promise<Positions> {
    const { topic, partition } = this.options;
    await this.member.confirmOwnership(topic, partition, signal);
    signal.throwIfAborted();
    await this.producer.fence(signal);
    const topics = [topic, ...this.sideTopics];
    await this.cluster.log.confirmLeaders(topics);
    // The producer has one transaction at a time.
    for (const each of topics) await this.restateLost(each, signal);
    const offsets = await Promise.all(topics.map((each) => this.positionIn(each, signal)));
    this.positions = new Map(topics.map((each, index) => [each, offsets[index] as bigint]));
    await this.handler.restore?.(this.cluster.log, signal, this.positions.get(topic) as bigint);
    return this.positions;
  }

  async process(
    { topic, records, nextOffset }: LaneBatch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const membership = this.membership();
    const result = await this.handler.handle(records, signal);
    handled();
    const { rest = [] } = result;
    const offset = rest[0]?.offset ?? nextOffset;
    await this.commit(result, topic, offset, membership);
    return rest;
  }

  /** The position in the source is committed once more, so that the broker checks the membership here, too. */
  async settle(signal: AbortSignal, handled: () => void = () => undefined): Promise<void> {
    const membership = this.membership();
    const result = await this.handler.settle?.(signal);
    handled();
    const { topic } = this.options;
    if (result) await this.commit(result, topic, this.positions.get(topic) as bigint, membership);
  }

  abandon(): Promise<void> {
    return this.producer.abandon();
  }

  async close(): Promise<void> {
    await this.handler.close?.();
    await this.cluster.close();
  }

  /** Where the group stands, or stood before its last transaction when that was torn apart. */
  private async positionIn(topic: string, signal: AbortSignal): Promise<bigint> {
    const { group, partition, torn } = this.options;
    const stored = await trustedPosition(this.cluster.log, group, topic, partition, signal);
    const acknowledged = this.acknowledged.get(topic)?.offset ?? stored.offset;
    if (stored.offset < acknowledged)
      throw stale(`${group} ${topic}-${partition}`, stored.offset, acknowledged);
    const { offset, torn: why } = await believedPosition(this.cluster.log, stored, signal);
    if (why !== undefined) torn?.(`${group} ${topic}-${partition}: ${why}`);
    return offset;
  }

  /**
   * A position only grows. Brokers before Kafka 4.2.2 acknowledge some that they lose when the group's coordinator moves
   * (KAFKA-20634), and one that has just started may answer an older one. What was acknowledged to this process is the truth,
   * because the records of that transaction are committed: it is committed once more, if the broker still knows this member.
   */
  private async restateLost(topic: string, signal: AbortSignal): Promise<void> {
    const acknowledged = this.acknowledged.get(topic);
    if (acknowledged === undefined) return;
    const { group, partition, torn } = this.options;
    const { offset, metadata } = acknowledged;
    const { offset: stored } = await this.cluster.log.position(group, topic, partition, signal);
    if (stored >= offset) return;
    await refuseOutside(this.cluster.log, `${group} has committed`, topic, partition, offset, signal);
    torn?.(
      `${group} ${topic}-${partition}: the brokers have acknowledged ${offset} and say ${stored}; it is committed again`,
    );
    await this.producer.transact(
      [],
      { group, topic, partition, offset, ...this.membership() },
      () => metadata,
    );
  }

  private membership(): Membership {
    return this.member.membershipOf(this.options.topic, this.options.partition);
  }

  private async commit(
    { output, committed, from }: Handled,
    topic: string,
    offset: bigint,
    membership: Membership,
  ): Promise<void> {
    const { group, partition } = this.options;
    const position = { group, topic, partition, offset, ...membership };
    let metadata = '';
    const offsets = await this.producer.transact(output, position, (bases, producerId) => {
      metadata = encodeWitness(from ?? this.positions.get(topic) ?? offset, bases, producerId);
      return metadata;
    });
    this.acknowledged.set(topic, { offset, metadata });
    await committed?.(offsets);
    this.positions.set(topic, offset);
  }
}

function stale(where: string, offset: bigint, acknowledged: bigint): LogError {
  const message = `The coordinator says that ${where} stands at ${offset}, and has acknowledged ${acknowledged}: it is asked again`;
  return new LogError('STALE_POSITION', message, {
    retryable: true,
    fields: { where, offset, acknowledged },
  });
}
