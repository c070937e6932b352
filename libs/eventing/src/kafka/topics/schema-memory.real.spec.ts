import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { record, scratchClient, scratchName } from '../../../fixtures/scratch-broker.ts';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { SchemaMemory } from './schema-memory.ts';
import { createTopics } from './topics.ts';

let client: KafkaClient;
beforeAll(() => void (client = scratchClient()));
afterAll(() => client.close());

it('what was registered is kept once, with its ids, over deployments; what else is on the topic is ignored', async () => {
  const name = scratchName('registered');
  const topic = { name, partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
  const version = (n: number) => ({ subject: 'a.events-A', version: n, schema: `{"v":${n}}`, id: 10 + n });
  const deployment = async (...versions: ReturnType<typeof version>[]) => {
    const memory = new SchemaMemory(client, topic);
    const before = await memory.all();
    await createTopics(client, [topic], { factor: 1, minInSync: 1 });
    await memory.keep(versions);
    return before;
  };
  expect(await deployment(version(1))).toEqual([]);
  await new LogAppender(client).append(record(name, 'not ours'));
  expect(await deployment(version(1), version(2))).toEqual([version(1)]);
  expect(await deployment(version(1), version(2))).toEqual([version(1), version(2)]);
  expect(await deployment()).toEqual([version(1), version(2)]);
  expect(await new SchemaMemory(client, undefined).all()).toEqual([]);
});
