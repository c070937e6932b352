import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Projecting } from '../../fixtures/projecting.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { until } from '../../fixtures/until.ts';
import { deadLetterTopic } from '../domain/index.ts';

describe('what a projection cannot take', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterEach(() => projection.ringing.stop());
  afterAll(() => model.drop());

  it('makes it wait and say why while its dead-letter topic cannot be written, and is not lost', async () => {
    projection = await Projecting.of(model.database, ({ id }) =>
      id === 'b1' ? new Error('never') : undefined,
    );
    const { topics } = projection.ringing.host.cluster.broker;
    const topic = deadLetterTopic(projection.group, projection.events);
    await projection.ringAll('a1', 'b1', 'c1');
    const running = await projection.start();
    // Whatever is missing is made by the start, which resolves before a record is read.
    topics.delete(topic);
    const status = () => running.status.workers.get(`${projection.events}-0`);
    await until(() => status()?.state === 'waiting' && status()?.reason?.includes(topic) === true);
    topics.create(topic, 1);
    await projection.ringAll('d1');
    await projection.ringing.host.idle();
    await until(async () => (await projection.unpublished()) === 0);
    expect(await projection.seen()).toHaveLength(3);
    expect([await projection.dead(), await projection.told()]).toEqual([['b1'], ['dead/b1/0']]);
  });

  it('may be a batch that cannot be read: it is a dead letter, byte for byte, and the rows go on', async () => {
    projection = await Projecting.of(model.database, () => undefined);
    await projection.ringAll('a1');
    const batch = { topic: projection.events, partition: 0, key: null, headers: [] };
    const error = Object.assign(new Error('The batch cannot be read'), { name: 'BrokenBatch' });
    const value = Buffer.from([1, 0xff]);
    projection.ringing.host.cluster.broker.appendBroken({ ...batch, value }, { codec: 'gzip', error }, 3);
    await projection.ringAll('a2');
    await projection.start();
    await projection.ringing.host.idle();
    await until(async () => (await projection.unpublished()) === 0);
    expect(await projection.seen()).toEqual(['a1', 'a2']);
    expect((await projection.deadLetters()).map((letter) => letter.value)).toEqual([value]);
    expect(await projection.parked()).toEqual([]);
  });
});
