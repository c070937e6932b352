import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { record, scratchClient, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 4: a member of another kind is never shared a group with', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('is named beside what to do, nothing is consumed, and the group heals when it has gone', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const other = plainKafka().consumer({ groupId: group, heartbeatInterval: 200 });
    const joined = new Promise((resolve) => other.on('consumer.group_join', resolve));
    await other.connect();
    await other.subscribe({ topic, fromBeginning: true });
    await other.run({ autoCommit: false, eachMessage: async () => undefined });
    await joined;
    await new LogAppender(client).append(record(topic, 'x'));

    const handled: string[] = [];
    const consumer = runGroup(client, {
      group,
      topic,
      handle: async (records) => {
        handled.push(...records.map(({ value }) => String(value)));
        return { output: [] };
      },
    });
    await until(() => consumer.logged.some((line) => line.includes('members of another kind')));
    expect(consumer.logged.join()).toContain('Stop them: one group, one kind');
    expect(consumer.status.joined).toBe(false);
    expect(handled).toEqual([]);

    await other.disconnect();
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    expect(handled).toEqual(['x']);
    await consumer.stop();
  });
});
