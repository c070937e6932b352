import { KafkaCluster } from '../kafka-cluster.ts';
import { readPartition } from '../reading/partition-reader.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { GroupConsumer } from '../../engine/group-consumer.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { commitOffsets, committedOffset, logEnd, stableEnd } from '../groups/stored-positions.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import {
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 20: a batch that the broker refuses is halved until it fits', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  async function valuesOf(topic: string): Promise<string[]> {
    await until(async () => (await stableEnd(client, topic, 0)) === (await logEnd(client, topic, 0)));
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
    const values: string[] = [];
    for await (const { records } of readPartition(client, topic, 0, range))
      values.push(...records.map(({ value }) => String(value)));
    return values;
  }

  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

  function copy(group: string, from: string, to: string): GroupConsumer {
    const handler = {
      handle: async (records: readonly ConsumedRecord[]) => ({
        output: records.map(({ value }) => ({ ...record(to, ''), value })),
      }),
    };
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [from],
      log,
      processor: (assigned, member) =>
        transactionalOn(new KafkaCluster(client.sibling('worker')), member, handler, {
          group,
          ...assigned,
        }),
    });
    consumer.start();
    return consumer;
  }

  it('and nothing is skipped', async () => {
    const [from, to, group] = [
      await scratchTopic(client),
      await scratchTopic(client, 1, { maxMessageBytes: 4_000 }),
      scratchName('group'),
    ];
    const appender = new LogAppender(client);
    const values = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(300)}`);
    await Promise.all(values.map((value) => appender.append(record(from, value))));
    await commitOffsets(client, group, [{ topic: from, partition: 0, offset: 0n }]);
    const consumer = copy(group, from, to);
    await until(async () => (await committedOffset(client, group, from, 0)) === 200n);
    await consumer.stop();
    expect(await valuesOf(to)).toEqual(values);
  });

  it('and a single record that can never be published stops its partition with a reason', async () => {
    const [from, to, group] = [
      await scratchTopic(client),
      await scratchTopic(client, 1, { maxMessageBytes: 1_000 }),
      scratchName('group'),
    ];
    await new LogAppender(client).append(record(from, 'x'.repeat(3_000)));
    await commitOffsets(client, group, [{ topic: from, partition: 0, offset: 0n }]);
    const consumer = copy(group, from, to);
    const worker = () => consumer.status.workers.get(`${from}-0`);
    await until(() => worker()?.state === 'stopped');
    expect(worker()?.reason).toContain('larger than the topic allows');
    await consumer.stop();
  });

  it('although KafkaJS refuses the whole batch, and does not say which record it was (negative control)', async () => {
    const topic = await scratchTopic(client, 1, { maxMessageBytes: 1_000 });
    const producer = plainKafka().producer();
    await producer.connect();
    const sizes = [10, 3_000, 10];
    const messages = sizes.map((size, index) => ({ key: `record ${index}`, value: 'x'.repeat(size) }));
    const error = await producer.send({ topic, messages }).catch((cause: Error) => cause);
    expect(error).toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
    expect(JSON.stringify(error)).not.toContain('record 1');
    expect(await logEnd(client, topic, 0)).toBe(0n);
    await producer.disconnect();
  });
});
