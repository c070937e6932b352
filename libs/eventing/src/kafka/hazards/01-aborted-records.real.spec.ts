import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Transaction } from 'kafkajs';
import type { KafkaClient } from '../client/client.ts';
import { Fetcher } from '../reading/fetcher.ts';
import { PartitionFeed } from '../../engine/worker/partition-feed.ts';
import { logEnd, stableEnd } from '../groups/stored-positions.ts';
import {
  brokers,
  patience,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';

/** Steps of overlapping transactions on one partition: who begins by sending, who ends how. */
type Step = readonly [producer: 'a' | 'b' | 'c', what: 'send' | 'abort' | 'commit'];

const overlaps: Record<string, readonly Step[]> = {
  nested: [
    ['a', 'send'],
    ['b', 'send'],
    ['b', 'abort'],
    ['a', 'send'],
    ['a', 'abort'],
    ['c', 'send'],
    ['c', 'commit'],
  ],
  reversed: [
    ['a', 'send'],
    ['b', 'send'],
    ['c', 'send'],
    ['a', 'send'],
    ['c', 'commit'],
    ['b', 'send'],
    ['b', 'abort'],
    ['a', 'abort'],
  ],
  staggered: [
    ['a', 'send'],
    ['b', 'send'],
    ['a', 'abort'],
    ['c', 'send'],
    ['b', 'send'],
    ['b', 'abort'],
    ['c', 'send'],
    ['c', 'commit'],
  ],
};

describe('hazard 1: aborted records are never delivered', () => {
  let client: KafkaClient;
  const kafka = new Kafka({
    brokers,
    clientId: 'overlaps',
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 5 },
  });
  const producers = new Map<string, ReturnType<typeof kafka.producer>>();

  beforeAll(async () => {
    client = scratchClient();
    for (const name of ['a', 'b', 'c']) {
      const producer = kafka.producer({
        transactionalId: scratchName(name),
        maxInFlightRequests: 1,
        idempotent: true,
      });
      await producer.connect();
      producers.set(name, producer);
    }
  });

  afterAll(async () => {
    for (const producer of producers.values()) await producer.disconnect();
    await client.close();
  });

  async function play(topic: string, steps: readonly Step[], rounds: number): Promise<number> {
    let committed = 0;
    for (let round = 0; round < rounds; round++) {
      const open = new Map<string, Transaction>();
      const sent = new Map<string, number>();
      for (const [name, what] of steps) {
        const transaction = open.get(name) ?? (await producers.get(name)?.transaction());
        if (!transaction) throw new Error(name);
        open.set(name, transaction);
        const ending = steps.findLast(([who]) => who === name)?.[1] ?? '';
        if (what === 'send') {
          await transaction.send({ topic, messages: [{ key: '\0\0\0\0', value: `to be ${ending}ed` }] });
          sent.set(name, (sent.get(name) ?? 0) + 1);
        } else await transaction[what]();
        if (what === 'commit') committed += sent.get(name) ?? 0;
      }
    }
    return committed;
  }

  async function readAll(topic: string, maxBytesPerPartition: number): Promise<string[]> {
    // The coordinator writes the markers after it has answered that the transaction has ended.
    await until(async () => (await stableEnd(client, topic, 0)) === (await logEnd(client, topic, 0)));
    const end = await stableEnd(client, topic, 0);
    const fetcher = new Fetcher(client, { maxWaitMs: 50, maxBytesPerPartition });
    const feed = new PartitionFeed(topic, 0);
    fetcher.add(feed);
    feed.seek(0n);
    const values: string[] = [];
    for (let position = 0n; position < end;) {
      const { records, nextOffset } = await feed.nextUntil(end, 1_000, patience());
      values.push(...records.map(({ value }) => String(value)));
      position = nextOffset;
    }
    fetcher.remove(feed);
    await fetcher.close();
    return values;
  }

  it.each(Object.keys(overlaps))('with %s transactions, in one fetch and across fetches', async (kind) => {
    const topic = await scratchTopic(client);
    const committed = await play(topic, overlaps[kind] ?? [], 8);
    for (const maxBytes of [1024 * 1024, 200]) {
      const values = await readAll(topic, maxBytes);
      expect(values.filter((value) => value !== 'to be commited')).toEqual([]);
      expect(values).toHaveLength(committed);
    }
  });

  it('although the consumer of KafkaJS delivers some of them (negative control)', async () => {
    const topic = await scratchTopic(client);
    const committed = await play(topic, overlaps['reversed'] ?? [], 20);
    const consumer = kafka.consumer({
      groupId: scratchName('control'),
      readUncommitted: false,
      maxWaitTimeInMs: 50,
    });
    const values: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void values.push(String(message.value)) });
    await until(() => values.filter((value) => value === 'to be commited').length >= committed);
    await consumer.disconnect();
    expect(values.filter((value) => value !== 'to be commited').length).toBeGreaterThan(0);
  });
});
