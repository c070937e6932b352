import { KafkaCluster } from '../kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scratchClient, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import type { KafkaClient } from '../client/client.ts';
import { GroupConsumer } from '../../engine/group-consumer.ts';
import { weightOf } from '../../engine/worker/held-records.ts';
import { isNotWritten } from '../producing/log-appender.ts';
import { MemoryBudget } from '../../engine/worker/memory-budget.ts';
import type { Batch } from '../../engine/worker/partition-feed.ts';
import { produce } from '../producing/produce.ts';
import { retrying } from '../client/retry.ts';

const MIB = 1024 * 1024;
const HALF_MIB = MIB / 2;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Filling {
  readonly partitions: number;
  /** Of each partition, written one after the other. */
  readonly batches: number;
  readonly perBatch: number;
  readonly bytes: number;
}

describe('backpressure', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  async function filled({ partitions, batches, perBatch, bytes }: Filling): Promise<string> {
    const topic = await scratchTopic(client, partitions);
    const value = Buffer.alloc(bytes, 'x');
    const producer = { id: -1n, epoch: -1, transactional: false };
    for (let batch = 0; batch < partitions * batches; batch++) {
      const one = { topic, partition: batch % partitions, key: null, value, headers: [] };
      const records = Array.from({ length: perBatch }, () => one);
      const options = {
        transactionalId: null,
        producer,
        sequences: new Map(),
        timeoutMs: 10_000,
        version: 9 as const,
      };
      // The partition's leader may not know yet that it is one.
      await retrying(() => produce(client, records, options), {
        forMs: 10_000,
        unless: (error) => !isNotWritten(error),
      });
    }
    return topic;
  }

  /** Consumes a topic whose first batch of each partition is not handled until told; remembers the most that was buffered. */
  function slowConsumer(topic: string, budget = new MemoryBudget()) {
    const gate = Promise.withResolvers<void>();
    const seen = { started: 0, records: 0, most: 0, misplaced: 0 };
    const consumer: GroupConsumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group: scratchName('group'),
      topics: [topic],
      log,
      budget,
      maxBatch: 2_000,
      processor: () => {
        let next = 0n;
        const look = () => (seen.most = Math.max(seen.most, consumer.status.bufferedBytes));
        return {
          assign: async () => new Map([[topic, next]]),
          process: async ({ records, nextOffset }: Batch) => {
            if (next === 0n) seen.started++;
            await gate.promise;
            look();
            if (records[0]?.offset !== next) seen.misplaced++;
            seen.records += records.length;
            next = nextOffset;
            return [];
          },
          abandon: async () => undefined,
          close: async () => undefined,
        };
      },
    });
    consumer.start();
    return { consumer, seen, release: gate.resolve };
  }

  /** Resolves when no more is fetched: the same for some looks in a row. */
  async function settled(consumer: GroupConsumer): Promise<number> {
    let [before, same] = [-1, 0];
    await until(() => {
      const { bufferedBytes } = consumer.status;
      same = bufferedBytes === before ? same + 1 : 0;
      before = bufferedBytes;
      return same > 25;
    });
    return before;
  }

  it('keeps few of two hundred thousand records in memory while the handler is slow, and delivers every one', async () => {
    const perBatch = 2_000;
    const topic = await filled({ partitions: 1, batches: 100, perBatch, bytes: 8 });
    const { consumer, seen, release } = slowConsumer(topic);
    await until(() => seen.started === 1);
    const weight = weightOf({
      topic,
      partition: 0,
      offset: 0n,
      timestamp: 0,
      key: null,
      value: Buffer.alloc(8),
      headers: [],
    });
    // A batch in the handler's hands, a full feed, and the last batch of the log that was fetched for it.
    const most = (2_000 + 2_000 + perBatch) * weight;
    const buffered = await settled(consumer);
    expect(buffered).toBeGreaterThan(2_000 * weight);
    expect(buffered).toBeLessThanOrEqual(most);
    release();
    await until(
      () => seen.records === 200_000,
      () => seen.records,
    );
    expect(seen.misplaced).toBe(0);
    expect(seen.most).toBeLessThanOrEqual(most);
    await consumer.stop();
  });

  it('keeps many partitions with large records within one budget', async () => {
    const [partitions, batches] = [6, 12];
    const topic = await filled({ partitions, batches, perBatch: 1, bytes: HALF_MIB });
    const { consumer, seen, release } = slowConsumer(topic, new MemoryBudget(2 * MIB));
    await until(() => seen.started === partitions);
    // One record for each partition may come although the budget is used up.
    const most = 2 * MIB + partitions * (HALF_MIB + 1_024);
    expect(await settled(consumer)).toBeLessThanOrEqual(most);
    release();
    await until(() => seen.records === partitions * batches);
    expect(seen.misplaced).toBe(0);
    expect(seen.most).toBeLessThanOrEqual(most);
    await consumer.stop();
  });

  it('lets records pass that are larger than the whole budget', async () => {
    const topic = await filled({ partitions: 2, batches: 3, perBatch: 1, bytes: HALF_MIB });
    const { consumer, seen, release } = slowConsumer(topic, new MemoryBudget(64 * 1024));
    release();
    await until(() => seen.records === 6);
    expect(seen.misplaced).toBe(0);
    await consumer.stop();
  });
});
