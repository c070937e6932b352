import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { redriveTopic, retryTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Guarantee } from '../engine/guarantee.ts';
import { committedOffset, logEnd } from '../kafka/positions.ts';
import { readBatches } from '../kafka/read-batches.ts';
import { header } from '../log/record.ts';
import { divertingGroup, type DivertingGroup, failureIn } from '../testing/diverting-group.ts';
import { bomb, send } from '../testing/foreign-batch.ts';
import { parkingProjection } from '../testing/parking-projection.ts';
import { patience, scratchClient, until } from '../testing/scratch-broker.ts';
import { scratchReadModel } from '../testing/scratch-read-model.ts';
import { there } from '../testing/there.ts';
import { FAILURE } from './failure-headers.ts';

describe('a batch that cannot be read', () => {
  let client: KafkaClient;
  const running: { stop(): Promise<unknown> }[] = [];
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => Promise.all(running.splice(0).map((group) => group.stop())));

  async function handling(kind: 'policy' | 'effect', retries = 0): Promise<DivertingGroup> {
    const group = await divertingGroup(client, { kind, retries, plan: { delaysMs: [] } }, () => undefined);
    running.push(group);
    return group;
  }

  /** The batch at this offset, as it stands in the log. */
  async function stands(topic: string, offset: bigint): Promise<Buffer> {
    const range = { from: offset, to: offset + 1n, signal: patience() };
    for await (const { bytes } of readBatches(client, topic, 0, range)) return bytes;
    throw new Error('There is no batch');
  }

  it.each<[Guarantee]>([['exactly-once'], ['at-least-once'], ['at-most-once']])(
    'is one dead letter, byte for byte, and the partition goes on: %s (a gzip bomb stopped it for good)',
    async (guarantee) => {
      const group = await handling('policy');
      await group.ring('a', 1, 'first');
      const at = await send(client, group.events, bomb(group.events));
      await group.ring('a', 1, 'last');
      const consumer = group.start({ guarantee });
      await until(async () => (await group.handled()).length === 2 && (await group.cameToTheEnd()));
      expect(await group.handled()).toEqual(['first', 'last']);
      const letters = await group.deadLetters();
      expect(letters).toHaveLength(1);
      const letter = there(letters[0]);
      expect(letter.value?.equals(await stands(group.events, at))).toBe(true);
      expect([FAILURE.lastOffset, FAILURE.codec].map((name) => header(letter.headers, name))).toEqual([
        String(at),
        'gzip',
      ]);
      expect(failureIn(letter)).toMatchObject({
        place: { topic: group.events, partition: 0, offset: at },
        last: { errorClass: 'BrokenBatch', message: expect.stringContaining('more than 33554432 bytes') },
      });
      expect(consumer.status.workers.get(`${group.events}-0`)?.state).toBe('running');
    },
  );

  it('is set aside once, also by whoever starts anew behind it, and between records of one fetch', async () => {
    const group = await handling('policy');
    for (const id of ['1', '2', '3']) {
      await send(client, group.events, bomb(group.events));
      await group.ring('a', 1, id);
    }
    for (let start = 0; start < 2; start++) {
      const consumer = group.start();
      await until(() => group.cameToTheEnd());
      await consumer.stop();
    }
    expect(await group.handled()).toEqual(['1', '2', '3']);
    expect((await group.deadLetters()).map((letter) => failureIn(letter).place.offset)).toEqual([0n, 2n, 4n]);
  });

  it('is no less one where somebody has written it to the group’s own side topics', async () => {
    const group = await handling('effect', 1);
    const sides = [redriveTopic(group.group, group.events), retryTopic(group.group, group.events, 1)];
    for (const side of sides) await send(client, side, bomb(side));
    group.start();
    await until(async () => (await group.deadLetters()).length === 2);
    const places = (await group.deadLetters()).map((letter) => failureIn(letter).place.topic);
    expect(places.sort()).toEqual(sides.sort());
    await group.ring('a', 1, 'next');
    await until(async () => (await group.handled()).length === 1);
    for (const side of sides)
      expect(await committedOffset(client, group.group, side, 0)).toBe(await logEnd(client, side, 0));
  });

  it('is one of a projection, whose rows go on', async () => {
    const model = await scratchReadModel();
    const projection = await parkingProjection(client, model.database, () => undefined);
    await projection.ringAll(['a1']);
    const at = await send(client, projection.events, bomb(projection.events));
    await projection.ringAll(['a2']);
    projection.start();
    await until(async () => (await projection.seen()).length === 2 && (await projection.unpublished()) === 0);
    const letters = await projection.deadLetters();
    expect(letters.map(({ value }) => value)).toEqual([await stands(projection.events, at)]);
    expect(await projection.parked()).toEqual([]);
    await projection.stop();
    await model.drop();
  });
});
