import type { KafkaClient } from '../src/kafka/client/client.ts';
import { fetchExchange } from '../src/kafka/wire/fetch-request.ts';
import { decodeFetch, type FetchedPartition } from '../src/kafka/wire/fetch.ts';
import type { TopicPartition } from '../src/log/log.ts';
import { partitionKey } from '../src/log/partitions.ts';
import { RawProducer } from './raw-producer.ts';

/** Of one partition in one answer, and so in one transaction. */
const MOST_BYTES = 1024 * 1024;

/**
 * Copies records from one topic to another of as many partitions, as fast as Node can: transactions back to back, each of what one
 * fetch has brought, with positions; the next fetch is under way meanwhile. Values are not looked at, nothing is kept, and nothing
 * is waited for that would make it safe.
 */
export class BareCopy {
  transactions = 0;
  private readonly client: KafkaClient;
  private readonly producer: RawProducer;
  private readonly positions: Map<string, TopicPartition & { offset: bigint }>;
  private readonly from: string;
  private readonly to: string;

  static async start(client: KafkaClient, from: string, to: string): Promise<BareCopy> {
    const { leaders } = await client.topic(from);
    return new BareCopy(client, await RawProducer.start(client, `copy-to-${to}`), from, to, leaders.length);
  }

  private constructor(
    client: KafkaClient,
    producer: RawProducer,
    from: string,
    to: string,
    partitions: number,
  ) {
    this.client = client;
    this.producer = producer;
    this.from = from;
    this.to = to;
    const at = (partition: number) => ({ topic: from, partition, offset: 0n });
    this.positions = new Map(
      Array.from({ length: partitions }, (_, partition) => [partitionKey(from, partition), at(partition)]),
    );
  }

  /** Resolves when so many records are copied. */
  async run(records: number): Promise<void> {
    let fetching = this.fetch();
    for (let left = records; left > 0;) {
      const fetched = (await fetching).filter((part) => part.records.length > 0);
      for (const { topic, partition, nextOffset: offset } of fetched)
        this.positions.set(partitionKey(topic, partition), { topic, partition, offset });
      left -= fetched.reduce((sum, part) => sum + part.records.length, 0);
      if (left > 0) fetching = this.fetch();
      if (fetched.length > 0) await this.transact(fetched);
    }
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  private async fetch(): Promise<FetchedPartition[]> {
    const wanted = await Promise.all(
      [...this.positions.values()].map(async (at) => ({
        ...at,
        maxBytes: MOST_BYTES,
        leader: await this.client.leadership(at.topic, at.partition),
      })),
    );
    const limits = { isolation: 'committed', maxBytes: wanted.length * MOST_BYTES, maxWaitMs: 250 } as const;
    const offsets = new Map(this.positions);
    const from = (topic: string, partition: number) =>
      offsets.get(partitionKey(topic, partition))?.offset ?? 0n;
    const [first] = wanted;
    if (!first) return [];
    return this.client.exchange<FetchedPartition[]>(
      first.leader.nodeId,
      fetchExchange(wanted, limits, (bytes) => decodeFetch(bytes, from)),
    );
  }

  private async transact(fetched: readonly FetchedPartition[]): Promise<void> {
    await this.producer.send(
      fetched.map(({ partition, records }) => ({ topic: this.to, partition, records })),
    );
    await this.producer.commitPositions(
      fetched.map(({ topic, partition, nextOffset: offset }) => ({
        group: `copy-to-${this.to}`,
        topic,
        partition,
        offset,
        memberId: '',
        generation: -1,
      })),
    );
    await this.producer.end();
    this.transactions++;
  }
}
