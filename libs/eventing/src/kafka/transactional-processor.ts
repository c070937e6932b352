import type { KafkaClient } from './client.ts';
import type { Failpoint } from './failpoints.ts';
import type { GroupMember } from './group-member.ts';
import type { Batch } from './partition-feed.ts';
import type { Processor } from './partition-worker.ts';
import { trustedOffset } from './positions.ts';
import type { BaseOffsets } from './produce.ts';
import type { ConsumedRecord, OutgoingRecord } from './record.ts';
import { TransactionalProducer } from './transactional-producer.ts';

/** What a batch came to: records to publish, and what to do once they and the position are committed. */
export interface Handled {
  readonly output: readonly OutgoingRecord[];
  /** The records, from the end of the batch, that are left for later. None unless given. */
  readonly rest?: readonly ConsumedRecord[];
  readonly committed?: (offsets: BaseOffsets) => Promise<void> | void;
}

/** What a handler of any kind does with the records of one partition. It never holds a producer. */
export interface Handler {
  /** Brings the handler's state up to the stable end of the log. Called after the fence, never before. */
  restore?(client: KafkaClient, signal: AbortSignal): Promise<void>;
  handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled>;
  close?(): Promise<void>;
}

export interface TransactionalOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly failpoint?: Failpoint;
}

/** Exactly-once from topic to topic: what a batch publishes and the group's position are one transaction. */
export class TransactionalProcessor implements Processor {
  private readonly client: KafkaClient;
  private readonly member: GroupMember;
  private readonly handler: Handler;
  private readonly options: TransactionalOptions;
  private readonly producer: TransactionalProducer;

  constructor(client: KafkaClient, member: GroupMember, handler: Handler, options: TransactionalOptions) {
    const { group, topic, partition, failpoint } = options;
    this.client = client;
    this.member = member;
    this.handler = handler;
    this.options = options;
    const transactionalId = `${group}.${topic}.${partition}`;
    this.producer = new TransactionalProducer(client, { transactionalId, ...(failpoint && { failpoint }) });
  }

  /** In this order, always: an offset that is read before the fence may still be moved by the previous owner. */
  async assign(signal: AbortSignal): Promise<bigint> {
    const { group, topic, partition } = this.options;
    await this.member.confirmOwnership(topic, partition, signal);
    signal.throwIfAborted();
    await this.producer.fence(signal);
    const offset = await trustedOffset(this.client, group, topic, partition, signal);
    await this.handler.restore?.(this.client, signal);
    return offset;
  }

  async process(
    { records, nextOffset }: Batch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const { group, topic, partition } = this.options;
    const membership = this.member.membershipOf(topic, partition);
    const { output, committed, rest = [] } = await this.handler.handle(records, signal);
    handled();
    const offset = rest[0]?.offset ?? nextOffset;
    const offsets = await this.producer.transact(output, {
      group,
      topic,
      partition,
      offset,
      ...membership,
    });
    await committed?.(offsets);
    return rest;
  }

  abandon(): Promise<void> {
    return this.producer.abandon();
  }

  async close(): Promise<void> {
    await this.handler.close?.();
    await this.client.close();
  }
}
