import type { Cluster } from './cluster.ts';
import type { Producer } from './transactions.ts';
import type { Member, Membership } from './membership.ts';
import type { BaseOffsets } from '../log/partitions.ts';
import type { StoredPosition } from '../log/log.ts';
import { trustedPosition, refuseOutside } from '../log/positions.ts';
import { LogError } from '../log/errors.ts';
import type { Failpoint } from './failpoints.ts';
import type { Handled, Handler } from './handler.ts';
import { HandlerProcessor, type Reached } from './handler-processor.ts';
import type { Positions } from './lanes.ts';
import { believedPosition, encodeWitness } from './witness.ts';

export interface TransactionalOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly failpoint?: Failpoint;
  /** Told what brokers have lost of a transaction: its records (see `Witness`), or its position. */
  readonly torn?: (message: string) => void;
}

/** Exactly-once from topic to topic: what a batch publishes and the group's position are one transaction. */
export class TransactionalProcessor extends HandlerProcessor {
  private readonly cluster: Cluster;
  private readonly member: Member;
  private readonly options: TransactionalOptions;
  private readonly producer: Producer;
  private positions = new Map<string, bigint>();
  /** What this process has committed, and was told so. */
  private readonly acknowledged = new Map<string, StoredPosition>();

  constructor(cluster: Cluster, member: Member, handler: Handler, options: TransactionalOptions) {
    super(handler);
    const { group, topic, partition, failpoint } = options;
    this.cluster = cluster;
    this.member = member;
    this.options = options;
    const transactionalId = `${group}.${topic}.${partition}`;
    this.producer = cluster.producer({ transactionalId, ...(failpoint && { failpoint }) });
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

  abandon(): Promise<void> {
    return this.producer.abandon();
  }

  protected leave(): Promise<void> {
    return this.cluster.close();
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
    const position = { group, topic, partition, offset, metadata, ...this.membership() };
    await this.producer.transact([{ records: [], position }]);
  }

  protected membership(): Membership {
    return this.member.membershipOf(this.options.topic, this.options.partition);
  }

  /** The position in the source is committed with whatever is settled, so that the broker checks the membership here, too. */
  protected async commit(
    { output, committed, from }: Handled,
    membership: Membership,
    reached: Reached = this.unmoved(),
  ): Promise<void> {
    const { topic, offset } = reached;
    const { group, partition } = this.options;
    const position = { group, topic, partition, offset, ...membership };
    let metadata = '';
    const witness = (bases: BaseOffsets, producerId: bigint) => {
      metadata = encodeWitness(from ?? this.positions.get(topic) ?? offset, bases, producerId);
      return metadata;
    };
    const [offsets] = await this.producer.transact([{ records: output, position, metadata: witness }]);
    this.acknowledged.set(topic, { offset, metadata });
    await committed?.(offsets ?? new Map());
    this.positions.set(topic, offset);
  }

  private unmoved(): Reached {
    const { topic } = this.options;
    return { topic, offset: this.positions.get(topic) as bigint };
  }
}

function stale(where: string, offset: bigint, acknowledged: bigint): LogError {
  const message = `The coordinator says that ${where} stands at ${offset}, and has acknowledged ${acknowledged}: it is asked again`;
  return new LogError('STALE_POSITION', message, {
    retryable: true,
    fields: { where, offset, acknowledged },
  });
}
