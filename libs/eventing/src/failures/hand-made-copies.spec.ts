import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { fatal, failureIn, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { redriveTopic, retryTopic } from '../domain/index.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { there } from '../../fixtures/there.ts';
import { originalOf } from './failure-headers.ts';
import { failureId } from './failure.ts';

/** Somebody reads a copy with a tool, and writes it to a topic with all of its headers. */
describe('a copy of a failed record that somebody else has written', () => {
  let group: Ringing;
  let bad: boolean;
  afterEach(() => group.stop());

  async function failing(): Promise<void> {
    bad = true;
    const spec = {
      kind: 'effect',
      ordering: 'key',
      retry: { immediate: 0, delays: ['20ms'] },
    } as const;
    group = await ringing(inMemory, spec, ({ id }) => (bad && id === 'a1' ? fatal('no') : undefined));
    await group.ring('a', 1, 'a1');
    await group.ring('a', 1, 'a2');
    await group.start();
  }
  const letters = async (count: number): Promise<ConsumedRecord[]> => {
    await until(async () => (await group.deadLetters()).length >= count);
    return group.deadLetters();
  };
  const byHand = (record: ConsumedRecord, topic: string) => group.append({ ...record, topic });

  it.each([
    ['the source', (of: Ringing) => of.events],
    ['the redrive topic', (of: Ringing) => redriveTopic(of.group, of.events)],
    ['a retry topic', (of: Ringing) => retryTopic(of.group, of.events, 1)],
  ])(
    'to %s is a new record, with a dead letter of its own (it failed again, and was listed nowhere)',
    async (_, topicOf) => {
      await failing();
      const [letter] = await letters(1);
      await group.discard(there(letter));
      await until(async () => (await group.handled()).length === 1);
      const offset = await byHand(there(letter), topicOf(group));
      const [first, second, ...others] = (await letters(2)).map(failureIn);
      expect(others).toEqual([]);
      const topic = topicOf(group);
      expect(second).toMatchObject({ place: { topic, partition: 0, offset }, attempts: 1, redrives: 0 });
      expect(second?.id).toBe(failureId(group.group, { topic, partition: 0, offset }));
      expect(second?.id).not.toBe(first?.id);
    },
  );

  it('as it was given back is another one than the one that the library gave back', async () => {
    await failing();
    const [letter] = await letters(1);
    await group.redrive(there(letter));
    await letters(2);
    const redrives = redriveTopic(group.group, group.events);
    const [copy] = await group.read(redrives);
    await byHand(there(copy), redrives);
    const [first, again, another] = (await letters(3)).map(failureIn);
    expect(again).toMatchObject({ id: first?.id, redrives: 1, attempts: 2 });
    expect(another).toMatchObject({ redrives: 0, attempts: 1, place: { topic: redrives } });
    expect(await group.handled()).toEqual([]);
  });

  it('can be given back, too, and sets nothing free', async () => {
    await failing();
    const [letter] = await letters(1);
    const redrives = redriveTopic(group.group, group.events);
    await byHand(there(letter), redrives);
    const [, stray] = await letters(2);
    expect(originalOf(there(stray)).topic).toBe(redrives);
    bad = false;
    await group.redrive(there(stray));
    await until(async () => (await group.handled()).length === 1);
    await until(() => group.cameToTheEnd());
    expect(await group.handled()).toEqual(['a1']);
    await group.redrive(there(letter));
    await until(async () => (await group.handled()).length === 2);
    // The same event is not performed again.
    expect(await group.handled()).toEqual(['a1', 'a2']);
  });

  it('that says a dead letter was discarded sets nothing free', async () => {
    await failing();
    const [letter] = await letters(1);
    const redrives = redriveTopic(group.group, group.events);
    const id = ['failure-id', Buffer.from(failureIn(there(letter)).id)] as const;
    const headers = [id, ['failure-discarded', Buffer.from('true')]] as const;
    await group.append({ ...there(letter), topic: redrives, value: null, headers });
    const [, another] = await letters(2);
    expect(failureIn(there(another)).last.errorClass).toBe('Undecodable');
    expect(await group.handled()).toEqual([]);
  });
});
