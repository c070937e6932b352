import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Catalogue,
  contract,
  deadLetterTopic,
  type HandlerKind,
  type Message,
  messageType,
} from '../domain/index.ts';
import { DEAD_LETTER } from '../failures/dead-letter.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { GroupConsumer } from '../kafka/group-consumer.ts';
import { type Guarantee, processorFor } from '../kafka/guarantee.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { readPartition } from '../kafka/partition-reader.ts';
import { committedOffset, stableEnd } from '../kafka/positions.ts';
import { type ConsumedRecord, header } from '../kafka/record.ts';
import { createPositions, createTopics } from '../kafka/topics.ts';
import type { Handler } from '../kafka/transactional-processor.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { registerSchemas } from '../serde/register-schemas.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { PerformedIndex } from '../state/performed-index.ts';
import { scratchClient, scratchName, until } from '../testing/scratch-broker.ts';
import { EffectHandler } from './effect-handler.ts';
import { Outbox } from './outbox.ts';
import { PolicyHandler } from './policy-handler.ts';

type Rung = Message<'Rung', { door: string; times: number }>;
type Open = Message<'Open', { door: string }>;

const registryUrl = process.env['REGISTRY_URL'] ?? '';

function doors(kind: HandlerKind) {
  const name = scratchName('doors');
  const [events, commands, group] = [`${name}.events`, `${name}.commands`, `${name}.group`];
  const namespace = name.replaceAll('-', '_');
  const door = { name: 'door', type: 'string' };
  const times = { name: 'times', type: 'int' };
  const Rung = messageType<Rung>({
    type: 'Rung',
    topic: events,
    key: 'door',
    versions: [{ type: 'record', name: 'Rung', namespace, fields: [door, times] }],
  });
  const Open = messageType<Open>({
    type: 'Open',
    topic: commands,
    key: 'door',
    versions: [{ type: 'record', name: 'Open', namespace, fields: [door] }],
  });
  const topic = (topicName: string) => ({
    name: topicName,
    partitions: 1,
    retentionMs: -1,
    maxMessageBytes: 1_048_588,
    writers: [],
  });
  const catalogue: Catalogue = {
    topics: [events, commands, deadLetterTopic(group, events)].map(topic),
    groups: [{ group, kind, topics: [events] }],
  };
  return {
    events,
    commands,
    group,
    Rung,
    Open,
    catalogue,
    contracts: [contract(events, { Rung }), contract(commands, { Open })],
  };
}

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

  async function platform(kind: HandlerKind) {
    const parts = doors(kind);
    await registerSchemas(registryUrl, parts.contracts, () => 'FULL_TRANSITIVE');
    await createTopics(client, parts.catalogue.topics, { factor: 1, minInSync: 1 });
    await createPositions(client, parts.catalogue);
    const codec = new MessageCodec(new ConfluentRegistry(registryUrl), parts.contracts);
    await codec.ready();
    const outbox = new Outbox(codec, parts.catalogue, 'spec');
    const appender = new LogAppender(client);
    const ring = (door: string, times: number, id: string) =>
      appender.append(outbox.record(parts.Rung({ door, times }), { id, time: 1, correlationId: id }));
    return { ...parts, codec, outbox, appender, ring };
  }

  function run(
    group: string,
    topic: string,
    handler: Handler,
    guarantee: Guarantee = 'exactly-once',
    maxBatch = 500,
  ): void {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    consumer = new GroupConsumer(client.sibling('consumer'), {
      group,
      topics: [topic],
      maxBatch,
      log,
      processor: (assigned, member) =>
        processorFor(guarantee, client.sibling('worker'), member, handler, {
          group,
          ...assigned,
          lost: () => undefined,
        }),
    });
    consumer.start();
  }

  async function read(topic: string): Promise<ConsumedRecord[]> {
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: AbortSignal.timeout(20_000) };
    const all: ConsumedRecord[] = [];
    for await (const { records } of readPartition(client.sibling('reader'), topic, 0, range))
      all.push(...records);
    return all;
  }

  it('a policy answers events with commands whose ids a replay derives again, and sets aside what it cannot', async () => {
    const { group, events, commands, Open, codec, outbox, ring } = await platform('policy');
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
    run(group, events, new PolicyHandler(group, reactions, codec, outbox));
    await until(async () => (await read(commands)).length === 4);
    const ids = (await read(commands)).map(({ headers }) => header(headers, 'ce_id'));
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    const [dead, ...others] = await read(deadLetterTopic(group, events));
    expect(others).toEqual([]);
    expect(header(dead?.headers ?? [], 'ce_id')).toBe('bad');
    expect(header(dead?.headers ?? [], DEAD_LETTER.errorMessage)).toBe('nobody rings less than never');
  });

  it('an effect is performed once for each event, retried when it may pass, and waits for an outage without counting', async () => {
    const { group, events, codec, ring } = await platform('effect');
    const tried = new Map<string, number>();
    const failing = (key: string, count: number, error: object) => {
      if ((tried.get(key) ?? 0) <= count) throw Object.assign(new Error(`no ${key}`), error);
    };
    const perform = async (_: Message, { idempotencyKey: key }: { idempotencyKey: string }) => {
      tried.set(key, (tried.get(key) ?? 0) + 1);
      if (key === 'flaky') failing(key, 2, { retryable: true });
      if (key === 'down') failing(key, 5, { code: 'ECONNREFUSED' });
      if (key === 'hopeless') failing(key, Infinity, { retryable: false });
      if (key === 'stubborn') failing(key, Infinity, { retryable: true });
    };
    for (const key of ['good', 'flaky', 'down', 'hopeless', 'stubborn', 'good', 'last'])
      await ring('a', 1, key);
    const plan = { group, attempts: 3, delayMs: 5, timeoutMs: 5_000, commitAfterMs: 0 };
    const performed = new PerformedIndex(directory, 60_000);
    run(
      group,
      events,
      new EffectHandler(plan, new Map([['Rung', perform]]), codec, performed, async () => undefined),
    );
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
      header(headers, DEAD_LETTER.attempts),
    ]);
    expect(letters).toEqual([
      ['hopeless', '1'],
      ['stubborn', '3'],
    ]);
  });

  it('an effect commits several events together, and what it did before an outage at once', async () => {
    const { group, events, codec, ring } = await platform('effect');
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
    const plan = { group, attempts: 3, delayMs: 5, timeoutMs: 5_000, commitAfterMs: 60_000 };
    const performed = new PerformedIndex(directory, 60_000);
    const performances = new Map([['Rung', perform]]);
    run(group, events, new EffectHandler(plan, performances, codec, performed, async () => undefined));
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
    const { group, events, codec, ring } = await platform('effect');
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
    const plan = {
      group,
      guarantee: 'at-most-once',
      attempts: 3,
      delayMs: 5,
      timeoutMs: 5_000,
      commitAfterMs: 0,
    } as const;
    const performed = new PerformedIndex(directory, 60_000);
    const performances = new Map([['Rung', perform]]);
    const handler = new EffectHandler(plan, performances, codec, performed, async () => undefined);
    run(group, events, handler, 'at-most-once', 1);
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
      header(headers, DEAD_LETTER.attempts),
    ]);
    expect(letters).toEqual([...errors.keys()].map((key) => [key, '1']));
  });
});
