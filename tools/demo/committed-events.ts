import { CEILING_MS } from '@atelier/local-stack';
import { catalogue, contracts, InventoryEvents, OrdersEvents } from '@atelier/contracts';
import { DECISIONS_TOPIC, topicOf } from '@atelier/eventing/domain';
import { KafkaClient, KafkaLog, readPartition, stableEnd } from '@atelier/eventing/kafka';
import { ConfluentRegistry, MessageCodec, toMetadata } from '@atelier/eventing/serde';
import { IgnoredRecords } from '../../libs/eventing/src/ignored/ignored-records.ts';
import type { Platform } from '../platform.ts';
import type { DomainEvent } from './conservation.ts';
import { systemClock } from '@atelier/eventing/time';

/** Every event of the platform, read committed from the topics themselves, and never from a read model. */
export class CommittedEvents {
  readonly events: DomainEvent[] = [];
  private readonly client: KafkaClient;
  private readonly codec: MessageCodec;
  private readonly ignored = new IgnoredRecords(topicOf(catalogue, DECISIONS_TOPIC), () => undefined);
  private readonly positions = new Map<string, bigint>();

  constructor({ kafka, registry }: Platform) {
    this.client = new KafkaClient({ brokers: kafka.split(','), clientId: 'demo' });
    this.codec = new MessageCodec(new ConfluentRegistry(registry), contracts, systemClock);
  }

  /** Adds what was committed since the last time. */
  async refresh(): Promise<readonly DomainEvent[]> {
    for (const { topic } of [OrdersEvents, InventoryEvents]) {
      for (const partition of (await this.client.topic(topic)).leaders.keys())
        await this.read(topic, partition);
    }
    return this.events;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async read(topic: string, partition: number): Promise<void> {
    const key = `${topic}-${partition}`;
    const range = {
      from: this.positions.get(key) ?? 0n,
      to: await stableEnd(this.client, topic, partition),
      signal: AbortSignal.timeout(CEILING_MS),
    };
    const ignored = await this.ignored.offsetsIn(
      new KafkaLog(this.client),
      { topic, partition },
      range.signal,
    );
    const found: DomainEvent[] = [];
    for await (const chunk of readPartition(this.client, topic, partition, range)) {
      const records = chunk.records.filter(({ offset }) => !ignored.has(offset));
      await this.codec.prepare(records.map(({ value }) => value));
      for (const record of records) {
        const { id, subject } = toMetadata(record);
        for (const {
          message: { type, data },
        } of this.codec.read(record.value).parts)
          found.push({ id, type, subject, data: data as DomainEvent['data'] });
      }
    }
    // All of them or none: whoever fails on the way begins here again.
    this.events.push(...found);
    this.positions.set(key, range.to > range.from ? range.to : range.from);
  }
}
