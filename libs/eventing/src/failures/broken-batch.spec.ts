import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { failureIn, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { redriveTopic, retryTopic } from '../domain/index.ts';
import type { Guarantee } from '../engine/guarantee.ts';
import { header } from '../log/record.ts';
import type { SpecBroker } from '../testing/spec-broker.ts';
import { there } from '../../fixtures/there.ts';
import { FAILURE } from './failure-headers.ts';

/** That such a batch is found out in the bytes of a fetch, and set aside byte for byte, is specified on the broker. */
describe('a batch that cannot be read', () => {
  let group: Ringing<SpecBroker>;
  afterEach(() => group.stop());

  const handling = async (spec: Parameters<typeof ringing>[1]) =>
    (group = await ringing(inMemory, spec, () => undefined));
  /** In the place of three records. */
  const broken = (topic: string) => {
    const batch = { topic, partition: 0, key: null, value: Buffer.from([1, 0xff]), headers: [] };
    const error = Object.assign(new Error('The batch cannot be read'), { name: 'BrokenBatch' });
    return group.host.cluster.broker.appendBroken(batch, { codec: 'gzip', error }, 3);
  };

  it.each<[Guarantee]>([['exactly-once'], ['at-least-once'], ['at-most-once']])(
    'is one dead letter, byte for byte, and the partition goes on: %s',
    async (guarantee) => {
      await handling({ kind: 'policy', guarantee });
      await group.ring('a', 1, 'first');
      const at = broken(group.events);
      await group.ring('a', 1, 'last');
      const running = await group.start();
      await group.host.idle();
      expect(await group.handled()).toEqual(['first', 'last']);
      const letters = await group.deadLetters();
      expect(letters).toHaveLength(1);
      const letter = there(letters[0]);
      expect(letter.value).toEqual(Buffer.from([1, 0xff]));
      expect([FAILURE.lastOffset, FAILURE.codec].map((name) => header(letter.headers, name))).toEqual([
        String(at + 2n),
        'gzip',
      ]);
      expect(failureIn(letter)).toMatchObject({
        place: { topic: group.events, partition: 0, offset: at },
        last: { errorClass: 'BrokenBatch', message: 'The batch cannot be read' },
      });
      expect(running.status.workers.get(`${group.events}-0`)?.state).toBe('running');
    },
  );

  it('is set aside once, also by whoever starts anew behind it, and between records of one fetch', async () => {
    await handling({ kind: 'policy' });
    for (const id of ['1', '2', '3']) {
      broken(group.events);
      await group.ring('a', 1, id);
    }
    for (let start = 0; start < 2; start++) {
      await group.start();
      await group.host.idle();
      await group.pause();
    }
    expect(await group.handled()).toEqual(['1', '2', '3']);
    expect((await group.deadLetters()).map((letter) => failureIn(letter).place.offset)).toEqual([0n, 4n, 8n]);
  });

  it('is no less one where somebody has written it to the group’s own side topics', async () => {
    await handling({ kind: 'effect', retry: { immediate: 0, delays: ['20ms'] } });
    const sides = [redriveTopic(group.group, group.events), retryTopic(group.group, group.events, 1)];
    for (const side of sides) broken(side);
    await group.start();
    await until(async () => (await group.deadLetters()).length === 2);
    const places = (await group.deadLetters()).map((letter) => failureIn(letter).place.topic);
    expect(places.sort()).toEqual(sides.sort());
    await group.ring('a', 1, 'next');
    await group.host.idle();
    expect(await group.handled()).toEqual(['next']);
  });
});
