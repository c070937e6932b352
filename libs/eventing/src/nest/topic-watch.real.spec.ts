import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Catalogue } from '../domain/index.ts';
import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { LogAppender } from '../kafka/producing/log-appender.ts';
import { moveUnread } from '../kafka/topics/move-unread.ts';
import { topicConfig } from '../kafka/topics/topic-differences.ts';
import { committedOffset } from '../kafka/groups/stored-positions.ts';
import { createPositions, createTopics } from '../kafka/topics/topics.ts';
import { toMetadata } from '../serde/cloud-events.ts';
import { partitionOf } from '../serde/partitioner.ts';
import { bomb, send } from '../../fixtures/foreign-batch.ts';
import { readAll } from '../../fixtures/log-reading.ts';
import { record, scratchClient, scratchName, until } from '../../fixtures/scratch-broker.ts';
import { TopicWatch } from './topic-watch.ts';

const replication = { factor: 1, minInSync: 1 };

describe('topics that are altered while services run (nobody noticed)', () => {
  let client: KafkaClient;
  let catalogue: Catalogue;
  let commands: string;
  let events: string;
  let watch: TopicWatch;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  beforeEach(async () => {
    [commands, events] = [scratchName('commands'), scratchName('events')];
    const topic = { partitions: 2, retentionMs: 86_400_000, maxMessageBytes: 1_048_588, writers: [] };
    catalogue = {
      topics: [commands, events].map((name) => ({ ...topic, name })),
      groups: [{ group: scratchName('group'), kind: 'decider', topics: [commands] }],
    };
    await createTopics(client, catalogue.topics, replication);
    await createPositions(client, catalogue);
    watch = new TopicWatch(50);
    await watch.start(client.sibling('watch'), catalogue, ({ kind }) => kind !== 'unused');
  });
  afterEach(() => watch.stop());

  const controller = async (api: string, args: object) =>
    client.call(await client.controller(), api, { timeout: 30_000, ...args });
  const alterPartitions = (topic: string, count: number) =>
    controller('CreatePartitions', { topicPartitions: [{ topic, count }] });
  const alterConfig = (changed: object) => {
    const [spec] = catalogue.topics;
    const config = { ...(spec && topicConfig(spec, 1)), ...changed };
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    return controller('AlterConfigs', { resources: [{ type: 2, name: commands, configEntries }] });
  };
  const tells = (text: string) => until(() => watch.detail?.reason?.includes(text) ?? false);
  const tellsNothing = () => until(() => watch.detail === undefined);

  it.each([
    ['retention.ms', '1000', '86400000'],
    ['cleanup.policy', 'compact', 'delete'],
    ['max.message.bytes', '2000000', '1048588'],
  ])('are told with what to do when %s is changed, until it is put back', async (name, value, wanted) => {
    await alterConfig({ [name]: value });
    await tells(`${commands} has ${name} ${value}, not ${wanted}: set it to that`);
    expect(watch.detail?.status).toBe('down');
    await alterConfig({});
    await tellsNothing();
  });

  it('are told when one is deleted, until it is deployed again; not with fewer partitions', async () => {
    await controller('DeleteTopics', { topics: [commands] });
    await tells(`${commands} does not exist: run the deployment step`);
    expect(watch.detail?.status).toBe('down');
    client.forget();
    const fewer = catalogue.topics.map((topic) => ({ ...topic, partitions: 1 }));
    await createTopics(client, fewer, replication);
    await tells(`${commands} has 1 partitions, not 2: it is not the topic that was deployed`);
    await controller('DeleteTopics', { topics: [commands] });
    await tells('does not exist');
    client.forget();
    await createTopics(client, catalogue.topics, replication);
    await tellsNothing();
  });

  it('may have more partitions, whose commands are moved to where their keys belong', async () => {
    await alterPartitions(commands, 4);
    await tells(`${commands} has 4 partitions, not 2: those from 2 on are empty, and stay unused`);
    expect(watch.detail?.status).toBe('up');

    client.forget();
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
    const appender = new LogAppender(client);
    const strays = keys.map((key, n) => ({ ...record(commands, key, 2 + (n % 2)), key: Buffer.from(key) }));
    await Promise.all(strays.map((stray) => appender.append(stray)));
    await tells('records that nobody reads in 2, 3: stop who writes there, then run the deployment step');
    expect(watch.detail?.status).toBe('down');

    expect(await moveUnread(client, catalogue)).toHaveLength(2);
    const found = await readAll(new KafkaLog(client), commands);
    expect(found.map(({ value }) => String(value)).sort()).toEqual([...keys].sort());
    for (const { key, partition } of found) expect(partition).toBe(partitionOf(key ?? '', 2));
    await tells('are empty, and stay unused');
    expect(await moveUnread(client, catalogue)).toEqual([]);
    await createPositions(client, catalogue);
    const [{ group = '' } = {}] = catalogue.groups;
    expect(await committedOffset(client, group, commands, 1)).toBe(0n);
    expect(await committedOffset(client, group, commands, 2)).toBe(-1n);
  });

  it('are not emptied where a batch cannot be read (it was moved as if it was a record)', async () => {
    await alterPartitions(commands, 3);
    await tells(`${commands} has 3 partitions, not 2: those from 2 on are empty`);
    client.forget();
    await until(async () => (await client.topic(commands)).leaders.length === 3);
    await send(client, commands, bomb(commands), 2);
    await expect(moveUnread(client, catalogue)).rejects.toThrow(
      /-2 cannot be emptied: The batch of offsets 0 to 0 .* before offset 1, and run the deployment step again$/,
    );
    expect((await readAll(new KafkaLog(client), commands)).map(({ partition }) => partition)).toEqual([2]);
  });

  it('are moved under the same ids when a move is repeated, without ce_id too (they were handled twice)', async () => {
    await alterPartitions(commands, 3);
    await tells(`${commands} has 3 partitions, not 2: those from 2 on are empty`);
    client.forget();
    const appender = new LogAppender(client);
    const stray = (value: string, id?: Buffer | null) => ({
      ...record(commands, value, 2),
      headers: id === undefined ? [] : [['ce_id', id] as const],
    });
    const strays = [stray('none'), stray('null', null), stray('own', Buffer.from('its-own'))];
    await Promise.all(strays.map((each) => appender.append(each)));

    const breaking = client.sibling('breaking');
    const { call } = breaking;
    breaking.call = async <T>(node: number, api: string, args: object): Promise<T> => {
      if (api === 'DeleteRecords') throw new Error('interrupted');
      return call.call(breaking, node, api, args) as Promise<T>;
    };
    await expect(moveUnread(breaking, catalogue)).rejects.toThrow('interrupted');
    await breaking.close();
    expect(await moveUnread(client, catalogue)).toHaveLength(1);
    const moved = await readAll(new KafkaLog(client), commands);
    const ids = moved.map((each) => `${String(each.value)} ${toMetadata(each).id}`).sort();
    const wanted = [`none ${commands}/2/0`, `null ${commands}/2/1`, 'own its-own'];
    expect(ids).toEqual(wanted.flatMap((id) => [id, id]));
  });

  it('are told, and not moved, when events stand where nobody reads them', async () => {
    await alterPartitions(events, 3);
    await tells(`${events} has 3 partitions, not 2: those from 2 on are empty`);
    client.forget();
    await new LogAppender(client).append(record(events, 'foreign', 2));
    await tells(`${events} has 3 partitions, not 2, and records that nobody reads in 2`);
    expect(await moveUnread(client, catalogue)).toEqual([]);
    expect(watch.detail).toMatchObject({ status: 'down', reason: expect.stringContaining('not moved') });
  });
});
