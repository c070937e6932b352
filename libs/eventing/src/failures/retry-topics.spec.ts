import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { failureIn, type Fails, retryable, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { retryTopic } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import { TRACEPARENT } from '../serde/trace-context.ts';
import { there } from '../../fixtures/there.ts';
import { FAILURE, originalOf } from './failure-headers.ts';
import { type Duration, milliseconds } from '../domain/duration.ts';

const DELAYS: readonly Duration[] = ['400ms', '800ms'];
/** Bytes of the largest value that the source takes, but for 200. */
const LARGEST = 1_048_588 - 200;

class DeepError extends Error {
  override readonly name = 'DeepError';
}

/** Its stack is larger than what is kept of it. */
const deepError = (message: string) =>
  Object.assign(new DeepError(message), { stack: `${message}\n${'    at somewhere\n'.repeat(1_000)}` });

describe('the retry topics of an effect', () => {
  let effect: Ringing | undefined;
  afterEach(() => effect?.stop());

  interface Plan {
    readonly delays?: readonly Duration[];
    readonly within?: Duration;
    readonly ordering?: 'key' | 'none';
  }

  async function failing(
    fails: Fails,
    { delays = DELAYS, within = '60s', ordering = 'none' }: Plan = {},
    partitions = 1,
  ): Promise<Ringing> {
    const retry = { immediate: 0, delays, within };
    effect = await ringing(inMemory, { kind: 'effect', retry, ordering }, fails, partitions);
    return effect;
  }

  const failsTimes =
    (times: number): Fails =>
    ({ id }, tried) =>
      id === 'bad' && tried <= times ? new Error(`try ${tried}`) : undefined;
  const triesOf = ({ tries }: Ringing, id: string) => tries.filter((each) => each.id === id);

  async function copies(of: Ringing, delays: number = DELAYS.length): Promise<ConsumedRecord[]> {
    const topics = Array.from({ length: delays }, (_, index) => retryTopic(of.group, of.events, index + 1));
    return (await Promise.all(topics.map((topic) => of.read(topic)))).flat();
  }

  it('bring a record back after each delay and never before, and hold up nobody else', async () => {
    const group = await failing(failsTimes(2));
    for (const id of ['bad', 'good', 'better']) await group.ring('a', 1, id);
    await group.start();
    await until(async () => (await group.handled()).length === 3);
    expect(group.tries.map(({ id }) => id).toSorted()).toEqual(['bad', 'bad', 'bad', 'better', 'good']);
    expect(await group.handled()).toEqual(['good', 'better', 'bad']);
    const dues = (await copies(group)).map(({ headers }) => Number(header(headers, FAILURE.due)));
    const [first, ...later] = triesOf(group, 'bad').map(({ at }) => at);
    expect(dues).toHaveLength(2);
    for (const [index, due] of dues.entries()) {
      expect(due).toBeGreaterThanOrEqual(
        there(index === 0 ? first : later[index - 1]) + milliseconds(there(DELAYS[index])),
      );
      expect(later[index]).toBeGreaterThanOrEqual(due);
    }
    expect(await group.deadLetters()).toEqual([]);
  });

  it('hold nothing up behind what somebody has written to be due in the year 9999 (two later e-mails never came)', async () => {
    const group = await failing(failsTimes(1), { delays: ['1s'] });
    const rung = group.builder.record(group.doors.Rung({ door: 'b', times: 1 }), {
      id: 'foreign',
      time: 1,
      correlationId: 'c',
    });
    const due = [FAILURE.due, Buffer.from('253370764800000')] as const;
    const topic = retryTopic(group.group, group.events, 1);
    await group.append({ ...rung, topic, headers: [...rung.headers, due, due] });
    await group.ring('a', 1, 'bad');
    await group.start();
    await until(async () => (await group.handled()).length === 2);
    expect(await group.handled()).toEqual(['foreign', 'bad']);
    await until(() => group.cameToTheEnd());
  });

  it('do not bring back together what failed together', async () => {
    const once: Fails = (_, tried) => (tried === 1 ? retryable('not now') : undefined);
    const group = await failing(once, { delays: ['1s'] });
    const ids = Array.from({ length: 20 }, (_, n) => `bad ${n}`);
    for (const id of ids) await group.ring(id, 1, id);
    await group.start();
    await until(async () => (await group.handled()).length === ids.length);
    const waits = (await copies(group, 1)).map(
      ({ headers }) => Number(header(headers, FAILURE.due)) - Number(header(headers, FAILURE.lastAt)),
    );
    expect(waits).toHaveLength(ids.length);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000);
    // Up to a tenth of the delay is drawn for each: that all of these lie within a hundredth is next to impossible.
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(10);
  });

  it('end in a dead letter, with what was known of it from the first error on, byte for byte', async () => {
    const group = await failing((_, tried) => deepError(`try ${tried}`));
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const metadata = { id: 'bad', time: 1, correlationId: 'c', traceparent };
    const rung = group.builder.record(group.doors.Rung({ door: 'a', times: 1 }), metadata);
    const strange = [
      ['twice', Buffer.from([0xff, 0])],
      ['twice', null],
      ['', Buffer.alloc(0)],
    ] as const;
    await group.append({ ...rung, headers: [...rung.headers, ...strange] });
    await group.start({ version: '7' });
    await until(async () => (await group.deadLetters()).length > 0);
    await until(() => group.cameToTheEnd());
    const [letter, ...others] = await group.deadLetters();
    const [source] = await group.read(group.events);
    expect(others).toEqual([]);
    expect(originalOf(there(letter))).toEqual(source);
    const { attempts, first, last, redrives, place, id, history, ...who } = failureIn(there(letter));
    expect([attempts, redrives, first.message, last.message]).toEqual([3, 0, 'try 1', 'try 3']);
    for (const { errorClass, message, stack } of [first, last]) {
      expect([errorClass, stack.split('\n')[0]]).toEqual(['DeepError', message]);
      expect(Buffer.byteLength(stack)).toBe(4096);
    }
    expect(history.map(({ message }) => message)).toEqual(['try 1', 'try 2', 'try 3']);
    const handler = `${group.group} Rung`;
    expect(who).toMatchObject({ group: group.group, handler, service: 'spec', version: '7' });
    expect(header(there(letter).headers, TRACEPARENT)).toBe(traceparent);
    expect(place).toEqual({
      topic: group.events,
      partition: 0,
      offset: 0n,
      timestamp: there(source).timestamp,
    });
    expect((await copies(group)).map((copy) => failureIn(copy).id)).toEqual([id, id]);
    expect(header(there(letter).headers, FAILURE.due)).toBeUndefined();
    expect(await group.handled()).toEqual([]);
  });

  it('end in a dead letter that has room for what is known, however large the record was', async () => {
    const group = await failing(() => undefined);
    const value = Buffer.alloc(LARGEST);
    await group.append({ topic: group.events, partition: 0, key: null, value, headers: [] });
    await group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    const [letter] = await group.deadLetters();
    expect(there(letter).value?.equals(value)).toBe(true);
    expect(failureIn(there(letter)).last.errorClass).toBe('Undecodable');
    const larger = Buffer.alloc(LARGEST + 200);
    const refused = group.append({
      ...there(letter),
      topic: group.events,
      value: larger,
      headers: [],
    });
    await expect(refused).rejects.toThrow('larger than the topic allows');
  });

  it('let a record wait without a rebalance, and without delaying other records or partitions', async () => {
    const group = await failing(failsTimes(1), { delays: ['1h'], within: '2h' }, 2);
    await group.ring('a', 1, 'bad');
    const { logged } = await group.start();
    await until(async () => (await copies(group, 1)).length === 1);
    const { partition } = there((await copies(group, 1))[0]);
    const others = ['b', 'c', 'd', 'e', 'f', 'g'];
    for (const door of others) await group.ring(door, 1, door);
    await until(async () => (await group.handled()).length >= others.length);
    expect(triesOf(group, 'bad')).toHaveLength(1);
    expect(new Set(group.tries.map((each) => each.partition))).toEqual(new Set([partition, 1 - partition]));
    expect(logged.filter((line) => line.includes('generation'))).toHaveLength(1);
  });

  it('end earlier when the time that a record has in all would be over', async () => {
    const group = await failing(failsTimes(Infinity), { within: '1s' });
    await group.ring('a', 1, 'bad');
    await group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    expect(triesOf(group, 'bad')).toHaveLength(2);
    expect(failureIn(there((await group.deadLetters())[0])).attempts).toBe(2);
  });

  it('start over for a record that was given back, with the attempts counted on', async () => {
    const group = await failing(failsTimes(4));
    await group.ring('a', 1, 'bad');
    await group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    await group.redrive(there((await group.deadLetters())[0]));
    await until(async () => (await group.handled()).length > 0);
    const all = (await copies(group)).map(failureIn);
    expect(all.map(({ attempts, redrives }) => [attempts, redrives])).toEqual([
      [1, 0],
      [4, 1],
      [2, 0],
    ]);
    expect(await group.deadLetters()).toHaveLength(1);
  });

  it('are left out by what will never succeed', async () => {
    const never = Object.assign(new Error('never'), { retryable: false });
    const group = await failing(() => never);
    await group.ring('a', 1, 'bad');
    await group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    expect(group.tries).toHaveLength(1);
    expect(await copies(group)).toEqual([]);
  });

  it('keep the order of a key, also when another member takes over while it waits', async () => {
    // The first member has stopped before it was tried so often.
    const delays = Array.from({ length: 6 }, () => '1s' as const);
    const unlessSecond: Fails = ({ id }, _, run) => (id === 'bad' && run === 1 ? retryable('no') : undefined);
    const group = await failing(unlessSecond, { delays, ordering: 'key' });
    for (const [door, id] of [
      ['a', 'bad'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
    ] as const)
      await group.ring(door, 1, id);
    await group.start();
    await until(() => group.cameToTheEnd());
    await group.pause();
    expect(await group.handled()).toEqual(['b1']);
    await group.ring('a', 1, 'a4');
    await group.start();
    await until(async () => (await group.handled()).length === 5);
    expect(await group.handled()).toEqual(['b1', 'bad', 'a2', 'a3', 'a4']);
    expect(await group.deadLetters()).toEqual([]);
  });
});
