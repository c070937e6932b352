import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, topicOf } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { GroupConsumer } from '../engine/group-consumer.ts';
import { createTopics } from '../kafka/topics.ts';
import { divertingGroup, type DivertingGroup, fatal } from '../testing/diverting-group.ts';
import { parkingProjection } from '../testing/parking-projection.ts';
import { scratchClient, until } from '../testing/scratch-broker.ts';
import { scratchReadModel } from '../testing/scratch-read-model.ts';

describe('a dead-letter topic that cannot be written', () => {
  let client: KafkaClient;
  const running: { stop(): Promise<unknown> }[] = [];
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => Promise.all(running.splice(0).map((group) => group.stop())));

  type Place = Pick<DivertingGroup, 'group' | 'events' | 'catalogue'>;

  async function remove({ group, events }: Place): Promise<void> {
    const topics = [deadLetterTopic(group, events)];
    await client.call(await client.controller(), 'DeleteTopics', { topics, timeout: 10_000 });
    client.forget();
  }

  const restore = ({ group, events, catalogue }: Place) =>
    createTopics(client, [topicOf(catalogue, deadLetterTopic(group, events))], { factor: 1, minInSync: 1 });

  /** What it says names the topic. */
  async function saysWhy(consumer: GroupConsumer, { group, events }: Place): Promise<void> {
    const status = () => consumer.status.workers.get(`${events}-0`);
    const topic = deadLetterTopic(group, events);
    await until(() => status()?.state === 'waiting' && status()?.reason?.includes(topic) === true);
  }

  it('makes an effect wait and say why, and loses nothing', async () => {
    const effect = await divertingGroup(client, { kind: 'effect' }, ({ id }) =>
      id === 'bad' ? fatal('never') : undefined,
    );
    running.push(effect);
    await remove(effect);
    for (const id of ['first', 'bad', 'last']) await effect.ring('a', 1, id);
    const consumer = effect.start();
    await saysWhy(consumer, effect);
    expect((await effect.handled()).filter((id) => id !== 'first')).toEqual([]);
    await restore(effect);
    await until(async () => (await effect.handled()).length === 2);
    expect(await effect.handled()).toEqual(['first', 'last']);
    await until(async () => (await effect.deadLetters()).length > 0);
    await until(() => effect.cameToTheEnd());
    expect(await effect.deadLetters()).toHaveLength(1);
    await until(() => consumer.status.workers.get(`${effect.events}-0`)?.state === 'running');
  });

  it('makes a projection wait and say why, and loses nothing', async () => {
    const model = await scratchReadModel();
    const projection = await parkingProjection(client, model.database, (id) =>
      id === 'b1' ? new Error('never') : undefined,
    );
    await remove(projection);
    await projection.ringAll(['a1', 'b1', 'c1']);
    const consumer = projection.start();
    await saysWhy(consumer, projection);
    await restore(projection);
    await until(async () => (await projection.dead()).length > 0);
    await projection.ringAll(['d1']);
    await until(async () => (await projection.seen()).length === 3 && (await projection.unpublished()) === 0);
    expect([await projection.dead(), await projection.told()]).toEqual([['b1'], ['dead/b1/0']]);
    await projection.stop();
    await model.drop();
  });
});
