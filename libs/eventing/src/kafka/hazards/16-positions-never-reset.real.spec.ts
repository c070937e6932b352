import { KafkaCluster } from '../kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { PositionError } from '../../log/errors.ts';
import { GroupConsumer } from '../../engine/group-consumer.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { commitOffsets, committedOffset } from '../groups/stored-positions.ts';
import { transactionalOn } from '../../../fixtures/transactional-on.ts';
import { record, scratchClient, scratchName, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

describe('hazard 16: a position that is lost or out of range stops the partition', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  /** Runs a group on the topic until its worker stops; answers the reason, and the values it was given. */
  async function run(group: string, topic: string): Promise<{ reason: string; handled: string[] }> {
    const handled: string[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const handler = {
      handle: async (records: readonly { value: Buffer | null }[]) => {
        handled.push(...records.map(({ value }) => String(value)));
        return { output: [] };
      },
    };
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [topic],
      log,
      processor: (assigned, member) =>
        transactionalOn(new KafkaCluster(client.sibling('worker')), member, handler, {
          group,
          ...assigned,
        }),
    });
    consumer.start();
    const worker = () => consumer.status.workers.get(`${topic}-0`);
    await until(() => worker()?.state === 'stopped');
    const reason = worker()?.reason ?? '';
    await consumer.stop();
    return { reason, handled };
  }

  it.each([
    ['missing', undefined, 'no committed offset'],
    ['beyond the end of the log', 500n, 'stands at offset 500'],
  ])('when it is %s', async (_, offset, reason) => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const appender = new LogAppender(client);
    for (let i = 0; i < 10; i++) await appender.append(record(topic, String(i)));
    if (offset !== undefined) await commitOffsets(client, group, [{ topic, partition: 0, offset }]);
    const run1 = await run(group, topic);
    expect(run1.reason).toContain(reason);
    expect(run1.handled).toEqual([]);
    expect(await committedOffset(client, group, topic, 0)).toBe(offset ?? -1n);
  });

  it('although KafkaJS starts over when it is beyond the end of the log (negative control)', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const appender = new LogAppender(client);
    for (let i = 0; i < 10; i++) await appender.append(record(topic, String(i)));
    await commitOffsets(client, group, [{ topic, partition: 0, offset: 500n }]);
    const consumer = plainKafka().consumer({ groupId: group, maxWaitTimeInMs: 50 });
    const repeated: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => void repeated.push(String(message.value)),
    });
    await until(() => repeated.length === 10);
    expect(await committedOffset(client, group, topic, 0)).not.toBe(500n);
    await consumer.disconnect();
  });

  it('is an error that is not repeated', () => {
    expect(new PositionError('x').retryable).toBe(false);
  });
});
