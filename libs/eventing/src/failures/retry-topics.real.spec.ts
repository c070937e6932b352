import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { retryTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { committedOffset } from '../kafka/positions.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import {
  divertingGroup,
  type DivertingGroup,
  failureIn,
  type Fails,
  retryable,
} from '../testing/diverting-group.ts';
import { api, RefusingProxy } from '../testing/refusing-proxy.ts';
import { TRACEPARENT } from '../serde/trace-context.ts';
import { scratchClient, until } from '../testing/scratch-broker.ts';
import { there } from '../testing/there.ts';
import { FAILURE, originalOf } from './failure-headers.ts';
import type { FailurePlan } from './failure-plan.ts';

const DELAYS = [300, 600];
/** Bytes of the largest value that the source takes, but for 200. */
const LARGEST = 1_048_588 - 200;

class DeepError extends Error {
  override readonly name = 'DeepError';
}

/** Its stack is larger than what is kept of it. */
const deepError = (message: string) =>
  Object.assign(new DeepError(message), { stack: `${message}\n${'    at somewhere\n'.repeat(1_000)}` });

describe('the retry topics of an effect', () => {
  let client: KafkaClient;
  let effect: DivertingGroup | undefined;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => effect?.stop());

  async function failing(
    fails: Fails,
    plan: Partial<FailurePlan> = {},
    partitions = 1,
  ): Promise<DivertingGroup> {
    const { delaysMs = DELAYS, ordering } = plan;
    effect = await divertingGroup(
      client,
      {
        kind: 'effect',
        partitions,
        retries: delaysMs.length,
        parks: ordering === 'key',
        plan: { otherwise: 'retryable', delaysMs, ...plan },
      },
      fails,
    );
    return effect;
  }

  const failsTimes =
    (times: number): Fails =>
    ({ id }, tried) =>
      id === 'bad' && tried <= times ? new Error(`try ${tried}`) : undefined;
  const triesOf = ({ tries }: DivertingGroup, id: string) => tries.filter((each) => each.id === id);

  async function copies({ group, events, read }: DivertingGroup, delays = DELAYS): Promise<ConsumedRecord[]> {
    const all = await Promise.all(delays.map((_, index) => read(retryTopic(group, events, index + 1))));
    return all.flat();
  }

  it('bring a record back after each delay and never before, and hold up nobody else', async () => {
    const group = await failing(failsTimes(2));
    for (const id of ['bad', 'good', 'better']) await group.ring('a', 1, id);
    group.start();
    await until(async () => (await group.handled()).length === 3);
    expect(group.tries.map(({ id }) => id)).toEqual(['bad', 'good', 'better', 'bad', 'bad']);
    expect(await group.handled()).toEqual(['good', 'better', 'bad']);
    const dues = (await copies(group)).map(({ headers }) => Number(header(headers, FAILURE.due)));
    const [first, ...later] = triesOf(group, 'bad').map(({ at }) => at);
    expect(dues).toHaveLength(2);
    for (const [index, due] of dues.entries()) {
      expect(due).toBeGreaterThanOrEqual(
        there(index === 0 ? first : later[index - 1]) + there(DELAYS[index]),
      );
      expect(later[index]).toBeGreaterThanOrEqual(due);
    }
    expect(await group.deadLetters()).toEqual([]);
  });

  it('hold nothing up behind what somebody has written to be due in the year 9999 (two later e-mails never came)', async () => {
    const group = await failing(failsTimes(1), { delaysMs: [1_000] });
    const rung = group.builder.record(group.Rung({ door: 'b', times: 1 }), {
      id: 'foreign',
      time: 1,
      correlationId: 'c',
    });
    const due = [FAILURE.due, Buffer.from('253370764800000')] as const;
    const topic = retryTopic(group.group, group.events, 1);
    await group.appender.append({ ...rung, topic, headers: [...rung.headers, due, due] });
    await group.ring('a', 1, 'bad');
    group.start();
    await until(async () => (await group.handled()).length === 2);
    expect(await group.handled()).toEqual(['foreign', 'bad']);
    await until(() => group.cameToTheEnd());
  });

  it('do not bring back together what failed together', async () => {
    const once: Fails = (_, tried) => (tried === 1 ? retryable('not now') : undefined);
    const group = await failing(once, { delaysMs: [1_000] });
    const ids = Array.from({ length: 20 }, (_, n) => `bad ${n}`);
    for (const id of ids) await group.ring(id, 1, id);
    group.start();
    await until(async () => (await group.handled()).length === ids.length);
    const waits = (await copies(group, [1_000])).map(
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
    const rung = group.builder.record(group.Rung({ door: 'a', times: 1 }), metadata);
    const strange = [
      ['twice', Buffer.from([0xff, 0])],
      ['twice', null],
      ['', Buffer.alloc(0)],
    ] as const;
    await group.appender.append({ ...rung, headers: [...rung.headers, ...strange] });
    group.start();
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
    expect(who).toMatchObject({ group: group.group, handler, service: 'spec', version: '1' });
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
    const value = randomBytes(LARGEST);
    await group.appender.append({ topic: group.events, partition: 0, key: null, value, headers: [] });
    group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    const [letter] = await group.deadLetters();
    expect(there(letter).value?.equals(value)).toBe(true);
    expect(failureIn(there(letter)).last.errorClass).toBe('Undecodable');
    const larger = randomBytes(LARGEST + 200);
    const refused = group.appender.append({
      ...there(letter),
      topic: group.events,
      value: larger,
      headers: [],
    });
    await expect(refused).rejects.toThrow('larger than the topic allows');
  });

  it('let a record wait longer than a session, without a rebalance and without delaying other partitions', async () => {
    const proxy = await RefusingProxy.start();
    const own = proxy.client();
    try {
      const group = await failing(failsTimes(1), { delaysMs: [15_000] }, 2);
      await group.ring('a', 1, 'bad');
      group.start({ client: own });
      await until(async () => (await copies(group, [0])).length === 1);
      const [waiting] = await copies(group, [0]);
      const [beats, joins] = [proxy.count(api.heartbeat), proxy.count(api.joinGroup)];
      const { partition } = there(waiting);
      const others = ['b', 'c', 'd', 'e', 'f', 'g'];
      for (const door of others) await group.ring(door, 1, door);
      await until(async () => (await group.handled()).length >= others.length);
      expect(triesOf(group, 'bad')).toHaveLength(1);
      expect(new Set(group.tries.map((each) => each.partition))).toEqual(new Set([partition, 1 - partition]));
      await until(() => triesOf(group, 'bad').length === 2);
      // Ten of them make a session.
      expect(proxy.count(api.heartbeat) - beats).toBeGreaterThan(10);
      expect(proxy.count(api.joinGroup)).toBe(joins);
      await group.stop();
    } finally {
      await own.close();
      await proxy.close();
    }
  });

  it('end earlier when the time that a record has in all would be over', async () => {
    const group = await failing(failsTimes(Infinity), { withinMs: 700 });
    await group.ring('a', 1, 'bad');
    group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    expect(triesOf(group, 'bad')).toHaveLength(2);
    expect(failureIn(there((await group.deadLetters())[0])).attempts).toBe(2);
  });

  it('start over for a record that was given back, with the attempts counted on', async () => {
    const group = await failing(failsTimes(4));
    await group.ring('a', 1, 'bad');
    group.start();
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
    group.start();
    await until(async () => (await group.deadLetters()).length > 0);
    expect(group.tries).toHaveLength(1);
    expect(await copies(group)).toEqual([]);
  });

  it('keep the order of a key, also when another member takes over while it waits', async () => {
    const delaysMs = Array.from({ length: 6 }, () => 500);
    const unlessSecond: Fails = ({ id }, _, run) => (id === 'bad' && run === 1 ? retryable('no') : undefined);
    const group = await failing(unlessSecond, { delaysMs, ordering: 'key' });
    for (const [door, id] of [
      ['a', 'bad'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
    ] as const)
      await group.ring(door, 1, id);
    group.start();
    await until(async () => (await committedOffset(client, group.group, group.events, 0)) === 4n);
    await group.stop();
    expect(await group.handled()).toEqual(['b1']);
    await group.ring('a', 1, 'a4');
    group.start();
    await until(async () => (await group.handled()).length === 5);
    expect(await group.handled()).toEqual(['b1', 'bad', 'a2', 'a3', 'a4']);
    expect(await group.deadLetters()).toEqual([]);
  });
});
