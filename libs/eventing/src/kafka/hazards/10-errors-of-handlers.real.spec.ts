import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { record, scratchClient, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';
import { plainKafka } from './plain-kafka.ts';

const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError].map(
  (kind) => [kind.name, kind] as const,
);

describe('hazard 10: what a handler throws costs its own partition only', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it.each(mistakes)('a %s waits and tries again, while the other partition goes on', async (_, Mistake) => {
    const topic = await scratchTopic(client, 2);
    const group = await scratchGroup(client, topic);
    const appender = new LogAppender(client);
    let broken = true;
    const attempts = new Map([
      [0, 0],
      [1, 0],
    ]);
    const consumer = runGroup(client, {
      group,
      topic,
      handle: async ([first]) => {
        const partition = first?.partition ?? -1;
        attempts.set(partition, (attempts.get(partition) ?? 0) + 1);
        if (partition === 0 && broken) throw new Mistake('a mistake in the handler');
        return { output: [] };
      },
    });
    await appender.append(record(topic, 'bad', 0));
    await until(() => (attempts.get(0) ?? 0) >= 2);
    for (let offset = 1n; offset <= 3n; offset++) {
      await appender.append(record(topic, 'good', 1));
      await until(async () => (await committedOffset(client, group, topic, 1)) === offset);
    }
    expect(await committedOffset(client, group, topic, 0)).toBe(0n);
    expect(consumer.status.joined).toBe(true);
    expect(consumer.status.workers.get(`${topic}-1`)?.state).toBe('running');
    expect(consumer.logged.filter((line) => line.includes('generation'))).toHaveLength(1);
    expect(consumer.logged.join()).toContain('a mistake in the handler; again in');

    broken = false;
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    await consumer.stop();
  });

  it.each(mistakes)('but a %s ends the consumer of KafkaJS (negative control)', async (_, Mistake) => {
    const topic = await scratchTopic(client, 2);
    const consumer = plainKafka().consumer({ groupId: scratchName('plain') });
    const crashed = new Promise<boolean>((resolve) =>
      consumer.on('consumer.crash', ({ payload }) => resolve(payload.restart)),
    );
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async () => {
        throw new Mistake('a mistake in the handler');
      },
    });
    await new LogAppender(client).append(record(topic, 'bad', 0));
    expect(await crashed).toBe(false);
    await consumer.disconnect();
  });
});
