import { KafkaCluster } from '../../kafka/kafka-cluster.ts';
import { readPartition } from '../../kafka/partition-reader.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, type HandlerKind, type Message, sideLanes } from '../../domain/index.ts';
import { DivertingHandler } from './diverting-handler.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { type FailurePlan, pure } from '../../failures/failure-plan.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import { GroupConsumer } from '../group-consumer.ts';
import { type Guarantee, processorFor } from '../guarantee.ts';
import { committedOffset, stableEnd } from '../../kafka/positions.ts';
import { type ConsumedRecord, header } from '../../log/record.ts';
import type { Handler } from '../handler.ts';
import { effectFailures } from '../../nest/plans/failure-plans.ts';
import { PerformedIndex } from '../../state/performed-index.ts';
import { doors, type Rung } from '../../testing/doors.ts';
import { patience, scratchClient, until } from '../../testing/scratch-broker.ts';
import { EffectHandler } from './effect-handler.ts';
import { PolicyHandler } from './policy-handler.ts';
import type { RecordHandler } from '../../failures/record-handler.ts';
import { system, systemClock } from '../../time/system-clock.ts';

describe('handlers of events on the broker', () => {
  let client: KafkaClient;
  let directory: string;
  let consumer: GroupConsumer | undefined;

  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'atelier-effect-'))));
  afterEach(async () => {
    await consumer?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const platform = (kind: HandlerKind) => doors(client, { kind });

  function diverting(
    { group, events: topic, groupSpec, builder }: Awaited<ReturnType<typeof platform>>,
    inner: RecordHandler,
    plan: Partial<FailurePlan> = {},
  ): DivertingHandler {
    return new DivertingHandler(inner, {
      at: { group, topic, partition: 0 },
      plan: { ...pure(group, 'none'), ...plan },
      lanes: sideLanes(groupSpec, topic),
      ...system,
      reporter: new FailureReporter(builder),
      service: 'spec',
      version: '1',
    });
  }

  function run(
    { group, events }: Awaited<ReturnType<typeof platform>>,
    handler: Handler,
    guarantee: Guarantee = 'exactly-once',
    maxBatch = 500,
  ): void {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [events],
      maxBatch,
      log,
      processor: (assigned, member) =>
        processorFor(guarantee, new KafkaCluster(client.sibling('worker')), member, handler, {
          group,
          ...assigned,
          lost: () => undefined,
        }),
    });
    consumer.start();
  }

  async function read(topic: string): Promise<ConsumedRecord[]> {
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
    const all: ConsumedRecord[] = [];
    for await (const { records } of readPartition(client.sibling('reader'), topic, 0, range))
      all.push(...records);
    return all;
  }

  it('a policy answers events with commands whose ids a replay derives again, and sets aside what it cannot', async () => {
    const parts = await platform('policy');
    const { group, events, commands, Open, codec, builder, ring } = parts;
    const reactions = new Map([
      [
        'Rung',
        ({ data }: Message) => {
          const { door, times } = data as Rung['data'];
          if (times < 0) throw new Error('nobody rings less than never');
          return Array.from({ length: times }, () => Open({ door }));
        },
      ],
    ]);
    await ring('a', 2, 'same');
    await ring('a', -1, 'bad');
    await ring('a', 2, 'same');
    run(parts, diverting(parts, new PolicyHandler(group, reactions, codec, builder, systemClock)));
    await until(async () => (await read(commands)).length === 4);
    const ids = (await read(commands)).map(({ headers }) => header(headers, 'ce_id'));
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    const [dead, ...others] = await read(deadLetterTopic(group, events));
    expect(others).toEqual([]);
    expect(header(dead?.headers ?? [], 'ce_id')).toBe('bad');
    expect(header(dead?.headers ?? [], FAILURE.lastMessage)).toBe('nobody rings less than never');
  });

  it('an effect is performed once for each event, retried when it may pass, and waits for an outage without counting', async () => {
    const parts = await platform('effect');
    const { group, events, codec, ring } = parts;
    const tried = new Map<string, number>();
    const failing = (key: string, count: number, error: object) => {
      if ((tried.get(key) ?? 0) <= count) throw Object.assign(new Error(`no ${key}`), error);
    };
    const perform = async (_: Message, { idempotencyKey: key }: { idempotencyKey: string }) => {
      tried.set(key, (tried.get(key) ?? 0) + 1);
      // Nothing says what this is.
      if (key === 'flaky') failing(key, 2, {});
      if (key === 'down') failing(key, 5, { code: 'ECONNREFUSED' });
      if (key === 'hopeless') failing(key, Infinity, { retryable: false });
      if (key === 'stubborn') failing(key, Infinity, { retryable: true });
    };
    for (const key of ['good', 'flaky', 'down', 'hopeless', 'stubborn', 'good', 'last'])
      await ring('a', 1, key);
    const plan = { group, timeoutMs: 5_000, commitAfterMs: 0 };
    const performed = new PerformedIndex(directory, 60_000);
    const effect = new EffectHandler(
      plan,
      new Map([['Rung', perform]]),
      codec,
      performed,
      async () => undefined,
      systemClock,
    );
    run(parts, diverting(parts, effect, effectFailures({ group }, parts.groupSpec)));
    await until(() => tried.has('last'));
    expect(Object.fromEntries(tried)).toEqual({
      good: 1,
      flaky: 3,
      down: 6,
      hopeless: 1,
      stubborn: 3,
      last: 1,
    });
    await until(async () => (await read(deadLetterTopic(group, events))).length === 2);
    const letters = (await read(deadLetterTopic(group, events))).map(({ headers }) => [
      header(headers, 'ce_id'),
      header(headers, FAILURE.attempts),
    ]);
    expect(letters).toEqual([
      ['hopeless', '1'],
      ['stubborn', '3'],
    ]);
  });

  it('an effect that hangs is given up in time, not tried again at once, and what it does later is its own', async () => {
    const parts = await platform('effect');
    const { group, events, codec, ring } = parts;
    const tried: string[] = [];
    const hanging = Promise.withResolvers<void>();
    const perform = (_: Message, { idempotencyKey: key }: { idempotencyKey: string }) => {
      tried.push(key);
      return key === 'hangs' ? hanging.promise : Promise.resolve();
    };
    for (const key of ['good', 'hangs', 'next']) await ring('a', 1, key);
    const plan = { group, timeoutMs: 100, commitAfterMs: 0 };
    const performed = new PerformedIndex(directory, 60_000);
    const performances = new Map([['Rung', perform]]);
    const effect = new EffectHandler(
      plan,
      performances,
      codec,
      performed,
      async () => undefined,
      systemClock,
    );
    run(parts, diverting(parts, effect, effectFailures({ group }, parts.groupSpec)));
    const cameTo = (offset: bigint) =>
      until(async () => (await committedOffset(client, group, events, 0)) === offset);
    await cameTo(3n);
    hanging.resolve();
    await ring('a', 1, 'last');
    await cameTo(4n);
    expect(tried).toEqual(['good', 'hangs', 'next', 'last']);
    expect(['good', 'hangs', 'next', 'last'].map((key) => performed.has(key))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    const [letter, ...others] = await read(deadLetterTopic(group, events));
    expect(others).toEqual([]);
    expect(header(letter?.headers ?? [], 'ce_id')).toBe('hangs');
    expect(header(letter?.headers ?? [], FAILURE.lastMessage)).toContain('timeout');
  });

  it('an effect commits several events together, and what it did before an outage at once', async () => {
    const parts = await platform('effect');
    const { group, events, codec, ring } = parts;
    const positions: [string, bigint][] = [];
    let down = true;
    const perform = async (_: Message, { idempotencyKey: key }: { idempotencyKey: string }) => {
      positions.push([key, await committedOffset(client, group, events, 0)]);
      if (key === 'down' && down) {
        down = false;
        throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
      }
    };
    for (const key of ['one', 'two', 'down', 'three']) await ring('a', 1, key);
    const plan = { group, timeoutMs: 5_000, commitAfterMs: 60_000 };
    const performed = new PerformedIndex(directory, 60_000);
    const performances = new Map([['Rung', perform]]);
    const effect = new EffectHandler(
      plan,
      performances,
      codec,
      performed,
      async () => undefined,
      systemClock,
    );
    run(parts, diverting(parts, effect));
    await until(async () => (await committedOffset(client, group, events, 0)) === 4n);
    expect(positions).toEqual([
      ['one', 0n],
      ['two', 0n],
      ['down', 0n],
      ['down', 2n],
      ['three', 2n],
    ]);
  });

  it('an effect that is at-most-once makes one attempt, behind its position, and sets aside whatever failed', async () => {
    const parts = await platform('effect');
    const { group, events, codec, ring } = parts;
    const tried: [string, bigint][] = [];
    const errors = new Map<string, object>([
      ['flaky', { retryable: true }],
      ['down', { code: 'ECONNREFUSED' }],
      ['hopeless', { retryable: false }],
    ]);
    const perform = async (_: Message, { idempotencyKey: key }: { idempotencyKey: string }) => {
      tried.push([key, await committedOffset(client, group, events, 0)]);
      if (errors.has(key)) throw Object.assign(new Error(`no ${key}`), errors.get(key));
    };
    for (const key of ['good', 'flaky', 'down', 'hopeless', 'good', 'last']) await ring('a', 1, key);
    const plan = { group, timeoutMs: 5_000, commitAfterMs: 0 };
    const performed = new PerformedIndex(directory, 60_000);
    const performances = new Map([['Rung', perform]]);
    const effect = new EffectHandler(
      plan,
      performances,
      codec,
      performed,
      async () => undefined,
      systemClock,
    );
    run(parts, diverting(parts, effect, { once: true }), 'at-most-once', 1);
    await until(() => tried.some(([key]) => key === 'last'));
    expect(tried).toEqual([
      ['good', 1n],
      ['flaky', 2n],
      ['down', 3n],
      ['hopeless', 4n],
      ['last', 6n],
    ]);
    const letters = (await read(deadLetterTopic(group, events))).map(({ headers }) => [
      header(headers, 'ce_id'),
      header(headers, FAILURE.attempts),
    ]);
    expect(letters).toEqual([...errors.keys()].map((key) => [key, '1']));
  });
});
