import { readPartition } from '../reading/partition-reader.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset, stableEnd } from '../groups/stored-positions.ts';
import {
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 11: a batch that straddles a rejoin', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('is refused whole by the broker, and handled again in the new generation', async () => {
    const [from, to] = [await scratchTopic(client), await scratchTopic(client)];
    const group = await scratchGroup(client, from);
    const { promise: rejoined, resolve: finish } = Promise.withResolvers<void>();
    let attempts = 0;
    const consumer = runGroup(client, {
      group,
      topic: from,
      handle: async () => {
        const attempt = ++attempts;
        if (attempt === 1) await rejoined;
        return { output: [record(to, `attempt ${attempt}`)] };
      },
    });
    await new LogAppender(client).append(record(from, 'x'));
    await until(() => attempts === 1);
    const generations = () => consumer.logged.filter((line) => line.includes('generation')).length;
    const another = await joinedMember(client.sibling('another'), group, from);
    await until(() => generations() === 2);
    finish();
    await until(async () => (await committedOffset(client, group, from, 0)) === 1n);
    expect(consumer.logged.join()).toContain('generation id is not valid');
    expect(await values(to)).toEqual(['attempt 2']);
    await Promise.all([consumer.stop(), another.stop()]);
  });

  it('but KafkaJS commits positions for no generation at all, and is believed (negative control)', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const member = await joinedMember(client.sibling('member'), group, topic);
    const producer = plainKafka().producer({
      transactionalId: scratchName('tx'),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const topics = [{ topic, partitions: [{ partition: 0, offset: '1' }] }];
    await transaction.sendOffsets({ consumerGroupId: group, topics });
    await transaction.commit();
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    expect(member.joined).toBe(true);
    await Promise.all([producer.disconnect(), member.stop()]);
  });

  async function values(topic: string): Promise<string[]> {
    const found: string[] = [];
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
    for await (const { records } of readPartition(client, topic, 0, range))
      found.push(...records.map(({ value }) => String(value)));
    return found;
  }
});
