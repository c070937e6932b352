import { KafkaCluster } from '../../kafka/kafka-cluster.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FailureReporter } from '../../failures/reporter.ts';
import { decisionRecord } from '../../ignored/ignored-record.ts';
import { IgnoredRecords } from '../../ignored/ignored-records.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import { GroupConsumer } from '../group-consumer.ts';
import { LogAppender } from '../../kafka/log-appender.ts';
import { createPositions, createTopics } from '../../kafka/topics.ts';
import { TransactionalProcessor } from '../transactional-processor.ts';
import type { Engine } from '../../nest/engine.ts';
import type { EventingOptions } from '../../nest/eventing-options.ts';
import { KafkaRecordDecisions } from '../../nest/kafka-record-decisions.ts';
import { MessageCodec, Undecodable } from '../../serde/message-codec.ts';
import { registerSchemas } from '../../serde/register-schemas.ts';
import { ConfluentRegistry } from '../../serde/schema-registry.ts';
import { DeciderState } from '../../state/decider-state.ts';
import { StateStore } from '../../state/state-store.ts';
import { counters } from '../../testing/counters.ts';
import { bomb, send } from '../../testing/foreign-batch.ts';
import type { ConsumedRecord, Headers } from '../../log/record.ts';
import { readTopic } from '../../testing/read-topic.ts';
import { record, scratchClient, scratchName, until } from '../../testing/scratch-broker.ts';
import { DeciderHandler } from './decider-handler.ts';
import { decoded } from '../../serde/received-records.ts';
import { RecordBuilder } from '../../serde/record-builder.ts';
import { system } from '../../time/system-clock.ts';

const registryUrl = process.env['REGISTRY_URL'] ?? '';

describe('undecodable bytes on the events topic of a decider (it had stopped for good)', () => {
  let client: KafkaClient;
  let directory: string;
  let platform: ReturnType<typeof counters>;
  let codec: MessageCodec;
  let builder: RecordBuilder;
  let appender: LogAppender;
  let told: string[];
  let ignored: IgnoredRecords;
  let decisions: KafkaRecordDecisions;
  let consumer: GroupConsumer;
  /** Of the one counter that there is. */
  let partition: number;

  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atelier-state-'));
    platform = counters();
    const { contracts, catalogue, rules } = platform;
    const kept = { partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
    const topic = { ...kept, name: scratchName('decisions') };
    await registerSchemas(registryUrl, contracts, () => 'FULL_TRANSITIVE');
    await createTopics(client, [...catalogue.topics, topic], { factor: 1, minInSync: 1 });
    await createPositions(client, catalogue);
    codec = new MessageCodec(new ConfluentRegistry(registryUrl), contracts);
    await codec.ready();
    builder = new RecordBuilder(codec, catalogue, 'spec');
    appender = new LogAppender(client);
    told = [];
    ignored = new IgnoredRecords(topic, (message) => void told.push(message));
    const options = { contracts, catalogue } as unknown as EventingOptions;
    decisions = new KafkaRecordDecisions(options, { client, codec } as Engine, ignored);
    partition = builder.partitionOf(rules.events.topic, 'a');
    start();
  });

  afterEach(async () => {
    await consumer.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function start(): void {
    const { rules } = platform;
    consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group: rules.group,
      topics: [rules.commands.topic],
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      processor: (assigned, member) => {
        const kept = { directory: stateOf(assigned.partition), rememberMs: 86_400_000, ignored };
        const state = new DeciderState(rules, codec, { ...kept, partition: assigned.partition });
        const handler = new DeciderHandler(rules, codec, builder, state, {
          service: 'spec',
          version: '1',
          ...system,
          reporter: new FailureReporter(builder),
          failpoint: async () => undefined,
        });
        const at = { group: rules.group, ...assigned };
        return new TransactionalProcessor(new KafkaCluster(client.sibling('worker')), member, handler, at);
      },
    });
    consumer.start();
  }

  async function startAnew({ lost }: { lost: boolean }): Promise<void> {
    await consumer.stop();
    if (lost) await rm(directory, { recursive: true, force: true });
    start();
  }

  const stateOf = (number: number) => join(directory, String(number));
  const add = (id: string) =>
    appender.append(builder.record(platform.Add({ id: 'a', amount: 1 }), { id, time: 1, correlationId: id }));
  const write = (value: Buffer, headers: Headers = [], key: Buffer | null = null) => {
    const foreign = record(platform.rules.events.topic, '', partition);
    return appender.append({ ...foreign, key, value, headers });
  };
  const at = (offset: bigint) => ({ topic: platform.rules.events.topic, partition, offset });
  const ignore = (offset: bigint, operator = 'ada', force = false) =>
    decisions.ignore(at(offset), { operator, reason: 'a console tool', force });
  const status = () => consumer.status.workers.get(`${platform.rules.commands.topic}-${partition}`);
  const totals = async (): Promise<number[]> => {
    const all = await readTopic(client, platform.rules.events.topic);
    const records = all.filter(({ broken }) => !broken);
    await codec.prepare(records.map(({ value }) => value));
    return records.flatMap(totalIn);
  };
  const totalIn = (record: ConsumedRecord): number[] => {
    try {
      return [(decoded(codec, record).data as { total: number }).total];
    } catch (error) {
      if (error instanceof Undecodable) return [];
      throw error;
    }
  };
  const comesTo = async (total: number) => {
    await until(async () => (await totals()).at(-1) === total);
    expect(await totals()).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  };
  const waitsFor = (offset: bigint) =>
    until(() => status()?.reason?.includes(`${at(offset).topic}-${partition} offset ${offset} `) === true);
  const aggregate = async () => {
    const store = new StateStore(stateOf(partition));
    const found = store.aggregate('a');
    const handled = ['a1', 'a2', 'a3', 'a4'].map((id) => store.handled(id) !== undefined);
    await store.close();
    return { found, handled };
  };

  it('is waited for, named, until it is ignored: then the partition goes on, and each rebuild does the same', async () => {
    for (const id of ['a1', 'a2']) await add(id);
    await comesTo(2);
    const odd = await write(Buffer.from('a console tool'));
    await add('a3');
    await comesTo(3);
    await startAnew({ lost: true });
    await add('a4');
    await waitsFor(odd);
    expect(status()).toMatchObject({ state: 'waiting', reason: expect.stringContaining('operator') });
    const decided = await ignore(odd);
    expect(decided).toMatchObject({ type: 'ignored', decision: { ...at(odd), operator: 'ada' } });
    await comesTo(4);
    // Commands that were handled are known again.
    for (const id of ['a1', 'a3', 'a5']) await add(id);
    await comesTo(5);
    for (const lost of [true, false]) {
      await startAnew({ lost });
      await add('a2');
      await until(() => status()?.state === 'running');
    }
    await add('a6');
    await comesTo(6);
    await consumer.stop();
    expect(await aggregate()).toEqual({
      found: { version: 6, state: { total: 6 } },
      handled: [true, true, true, true],
    });
  });

  it('may be the last record there is, under state that was kept', async () => {
    await add('a1');
    await comesTo(1);
    const odd = await write(Buffer.alloc(0));
    await startAnew({ lost: false });
    await waitsFor(odd);
    const ofAnother = { ...at(odd), topicId: 'one that had this name', lastOffset: odd };
    await appender.append(
      decisionRecord(ignored.topic ?? '', { ...ofAnother, operator: 'eve', reason: 'old' }),
    );
    expect(await ignore(odd)).toMatchObject({ decision: { operator: 'ada' } });
    await until(() => status()?.state === 'running');
    await startAnew({ lost: false });
    await add('a2');
    await comesTo(2);
  });

  it('may be a whole batch that nobody can read, decided about as one by any of its offsets', async () => {
    await add('a1');
    await comesTo(1);
    const { topic } = platform.rules.events;
    const first = await send(client, topic, bomb(topic, partition, 3), partition);
    await startAnew({ lost: false });
    await waitsFor(first);
    expect(status()?.reason).toContain(`The batch of offsets ${first} to ${first + 2n} (3 records, gzip)`);
    expect(await ignore(first + 1n)).toMatchObject({
      type: 'ignored',
      decision: { offset: first, lastOffset: first + 2n },
    });
    expect(await ignore(first)).toEqual(await ignore(first + 2n));
    expect(await decisions.ignored()).toHaveLength(1);
    await until(() => status()?.state === 'running');
    for (const [lost, id] of [
      [true, 'a2'],
      [false, 'a3'],
    ] as const) {
      await startAnew({ lost });
      await add(id);
      await comesTo(lost ? 2 : 3);
    }
  });

  it.each([
    ['key', [], Buffer.from([0xff])],
    ['ce_id', [['ce_id', Buffer.from([0xff])]], null],
  ] as [string, Headers, Buffer | null][])(
    'may be an event but for its %s, which is not UTF-8 (it was refused as an event, and the partition was lost)',
    async (_, headers, key) => {
      await add('a1');
      await comesTo(1);
      const [first] = await readTopic(client, platform.rules.events.topic);
      const versioned = [...headers, ['aggregateversion', Buffer.from('2')]] as const;
      const odd = await write(first?.value as Buffer, versioned, key);
      await startAnew({ lost: false });
      await waitsFor(odd);
      expect(await ignore(odd)).toEqual({ type: 'refused', refusal: 'versioned' });
      expect(await ignore(odd, 'ada', true)).toMatchObject({ type: 'ignored' });
      await add('a2');
      await comesTo(2);
    },
  );

  it('is decided about once, whoever asks again, and whatever else is written beside the decisions', async () => {
    const odd = await write(Buffer.from('odd'));
    await appender.append({ ...record(ignored.topic ?? '', 'not a decision') });
    const both = await Promise.all([ignore(odd), ignore(odd, 'bob')]);
    expect(new Set(both.map((one) => one.type === 'ignored' && one.decision.operator)).size).toBe(1);
    expect(await ignore(odd, 'eve')).toEqual(both[0]);
    expect(await decisions.ignored()).toHaveLength(1);
    expect((await decisions.find(at(odd)))?.value).toEqual(Buffer.from('odd'));
    expect(told.at(-1)).toContain('offset 0 is no decision');
  });

  it('is all that can be ignored: no event, nor what says that it is a version of one', async () => {
    await add('a1');
    await comesTo(1);
    const refused = (refusal: string) => ({ type: 'refused', refusal });
    const [first] = await readTopic(client, platform.rules.events.topic);
    expect(await ignore(first?.offset ?? 0n)).toEqual(refused('event'));
    // The marker of its transaction is no record; what comes later is not there yet.
    expect(await ignore((first?.offset ?? 0n) + 1n)).toEqual(refused('unknown'));
    expect(await ignore(1_000n)).toEqual(refused('unknown'));
    const request = { operator: 'ada', reason: 'why', force: false };
    const elsewhere = (place: object) => decisions.ignore({ ...at(0n), ...place }, request);
    expect(await elsewhere({ topic: platform.rules.commands.topic })).toEqual(refused('not-events'));
    expect(await elsewhere({ topic: 'rumours' })).toEqual(refused('unknown'));
    expect(await elsewhere({ partition: 2 })).toEqual(refused('unknown'));
    const versioned = await write(Buffer.from('mirrored'), [['aggregateversion', Buffer.from('1')]]);
    expect(await ignore(versioned)).toEqual(refused('versioned'));
    expect(await ignore(versioned, 'ada', true)).toMatchObject({ type: 'ignored' });
    const command = builder.record(platform.Add({ id: 'a', amount: 1 }), {
      id: 'x',
      time: 1,
      correlationId: 'x',
    });
    expect(await ignore(await write(command.value as Buffer))).toMatchObject({ type: 'ignored' });
  });
});
