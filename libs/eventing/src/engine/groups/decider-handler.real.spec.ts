import { KafkaCluster } from '../../kafka/kafka-cluster.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deadLetterTopic } from '../../domain/index.ts';
import { redriveCopy } from '../../failures/copies.ts';
import { FAILURE, originalOf } from '../../failures/failure-headers.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import type { FailpointName } from '../failpoints.ts';
import { GroupConsumer } from '../group-consumer.ts';
import { LogAppender } from '../../kafka/log-appender.ts';
import { stableEnd } from '../../kafka/positions.ts';
import { header } from '../../log/record.ts';
import { createPositions, createTopics } from '../../kafka/topics.ts';
import { TransactionalProcessor } from '../transactional-processor.ts';
import { TransactionalProducer } from '../../kafka/transactional-producer.ts';
import { MessageCodec } from '../../serde/message-codec.ts';
import { registerSchemas } from '../../serde/register-schemas.ts';
import { ConfluentRegistry } from '../../serde/schema-registry.ts';
import { DeciderState } from '../../state/decider-state.ts';
import { StateOverlay } from '../../state/state-overlay.ts';
import { StateStore } from '../../state/state-store.ts';
import { bomb, send } from '../../testing/foreign-batch.ts';
import { readTopic } from '../../testing/read-topic.ts';
import { record, scratchClient, scratchName, until } from '../../testing/scratch-broker.ts';
import { counters } from '../../testing/counters.ts';
import { failureIn } from '../../testing/diverting-group.ts';
import { there } from '../../testing/there.ts';
import { writeAsLibrary } from '../../testing/written-by-library.ts';
import { DeciderHandler } from './decider-handler.ts';
import { RecordBuilder } from '../../serde/record-builder.ts';
import { system } from '../../time/system-clock.ts';

const registryUrl = process.env['REGISTRY_URL'] ?? '';

describe('a decider on the broker', () => {
  let client: KafkaClient;
  let directory: string;
  let platform: ReturnType<typeof counters>;
  let codec: MessageCodec;
  let builder: RecordBuilder;
  let consumer: GroupConsumer | undefined;
  let appender: LogAppender;

  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atelier-state-'));
    platform = counters();
    await registerSchemas(registryUrl, platform.contracts, () => 'FULL_TRANSITIVE');
    await createTopics(client, platform.catalogue.topics, { factor: 1, minInSync: 1 });
    await createPositions(client, platform.catalogue);
    codec = new MessageCodec(new ConfluentRegistry(registryUrl), platform.contracts);
    await codec.ready();
    builder = new RecordBuilder(codec, platform.catalogue, 'spec');
    appender = new LogAppender(client);
  });

  afterEach(async () => {
    await consumer?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  function start(failpoint: (name: FailpointName) => Promise<void> = async () => undefined) {
    const { rules } = platform;
    consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group: rules.group,
      topics: [rules.commands.topic],
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      processor: (assigned, member) => {
        const { partition } = assigned;
        const kept = { directory: join(directory, `${partition}`), partition, rememberMs: 86_400_000 };
        const state = new DeciderState(rules, codec, kept);
        const handler = new DeciderHandler(rules, codec, builder, state, {
          service: 'spec',
          version: '1',
          ...system,
          reporter: new FailureReporter(builder),
          failpoint,
        });
        const at = { group: rules.group, ...assigned, failpoint };
        return new TransactionalProcessor(new KafkaCluster(client.sibling('worker')), member, handler, at);
      },
    });
    consumer.start();
  }

  const add = (counter: string, amount: number, id: string, requestHash?: string) => {
    const metadata = { id, time: 1, correlationId: id, ...(requestHash && { requestHash }) };
    return appender.append(builder.record(platform.Add({ id: counter, amount }), metadata));
  };

  const read = (topic: string) => readTopic(client, topic);

  async function events(): Promise<{ type: string; id: string; total?: number; version: number }[]> {
    const records = await read(platform.rules.events.topic);
    await codec.prepare(records.map(({ value }) => value));
    return records.map((record) => {
      const { type, data } = codec.decode(record.value);
      return {
        type,
        ...(data as { id: string; total?: number }),
        version: Number(header(record.headers, 'aggregateversion')),
      };
    });
  }

  it('answers each command once, with versions that follow one another', async () => {
    start();
    for (let i = 1; i <= 20; i++)
      await Promise.all(['a', 'b', 'c'].map((counter) => add(counter, 1, `${counter}${i}`)));
    await until(async () => (await events()).length === 60);
    for (const counter of ['a', 'b', 'c']) {
      const mine = (await events()).filter(({ id }) => id === counter);
      expect(mine.map(({ total }) => total)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      expect(mine.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    }
  });

  it('ignores a command that it has handled, and refuses the same id for another request', async () => {
    start();
    await add('a', 1, 'same', 'hash');
    await add('a', 1, 'same', 'hash');
    await add('a', 1, 'same', 'another');
    await add('a', 5, 'last');
    await until(async () => (await events()).length === 3);
    expect((await events()).map(({ type, total }) => [type, total])).toEqual([
      ['Added', 1],
      ['AdditionRefused', undefined],
      ['Added', 6],
    ]);
  });

  it('knows the first request of an id after others were refused under it, and refuses each once (the last one had replaced the first)', async () => {
    start();
    for (const hash of ['hash', 'another', 'hash', 'another', 'third', 'another', 'hash'])
      await add('a', 1, 'same', hash);
    await add('a', 5, 'last');
    const types = ['Added', 'AdditionRefused', 'AdditionRefused', 'Added'];
    await until(async () => (await events()).length >= types.length);
    expect((await events()).map(({ type }) => type)).toEqual(types);
    await consumer?.stop();
    await rm(directory, { recursive: true, force: true });
    start();
    for (const hash of ['hash', 'another', 'third']) await add('a', 1, 'same', hash);
    await add('a', 5, 'very last');
    await until(async () => (await events()).length > types.length);
    expect((await events()).map(({ type }) => type)).toEqual([...types, 'Added']);
  });

  it('sets aside what it cannot handle, byte for byte and with the reason, and goes on', async () => {
    start();
    const poison = builder.record(platform.Add({ id: 'a', amount: 1 }), {
      id: 'x',
      time: 1,
      correlationId: 'x',
    });
    await add('a', 13, 'unlucky');
    await appender.append({ ...poison, value: Buffer.from('not avro') });
    await appender.append({ ...poison, partition: 1 - poison.partition });
    await add('a', 2, 'good');
    const { group, commands } = platform.rules;
    const dead = () => read(deadLetterTopic(group, commands.topic));
    await until(async () => (await dead()).length === 3 && (await events()).length === 1);
    expect((await events())[0]).toMatchObject({ type: 'Added', total: 2, version: 1 });
    const letters = await dead();
    const undecodable = letters.find(({ value }) => value?.toString() === 'not avro');
    expect(undecodable?.key).toEqual(poison.key);
    expect(undecodable?.headers.slice(0, poison.headers.length)).toEqual(poison.headers);
    expect(header(undecodable?.headers ?? [], FAILURE.topic)).toBe(commands.topic);
    expect(letters.map(({ headers }) => header(headers, FAILURE.lastClass)).sort()).toEqual([
      'Error',
      'Undecodable',
      'WrongPartition',
    ]);
    expect(letters.map(({ headers }) => header(headers, FAILURE.lastMessage))).toContain('13 is unlucky');
  });

  it('takes a dead letter that somebody has copied to its topic for a new command (it failed again, and was listed nowhere)', async () => {
    start();
    await add('a', 13, 'unlucky');
    const { group, commands } = platform.rules;
    const letters = async (count: number) => {
      await until(async () => (await read(deadLetterTopic(group, commands.topic))).length >= count);
      return read(deadLetterTopic(group, commands.topic));
    };
    const { topic } = commands;
    const [letter] = await letters(1);
    const { partition } = there(letter);
    await appender.append({ ...there(letter), topic });
    const [first, byHand] = (await letters(2)).map(failureIn);
    expect(byHand?.id).not.toBe(first?.id);
    expect(byHand?.place).toMatchObject({ topic, partition, offset: 1n });

    await writeAsLibrary(client, [
      redriveCopy(originalOf(there(letter)), there(first), { topic, since: Date.now() }),
    ]);
    await letters(3);
    const redriven = (await read(topic)).find(({ offset }) => offset === 2n);
    await appender.append(there(redriven));
    const [, , again, copied] = (await letters(4)).map(failureIn);
    expect(again).toMatchObject({ id: first?.id, redrives: 1, attempts: 2 });
    expect(copied).toMatchObject({ redrives: 0, attempts: 1 });
    expect(new Set([first, byHand, copied].map((each) => each?.id)).size).toBe(3);
  });

  it('sets aside a command whose events are more than their topic takes, and a batch that cannot be read (both stopped the partition)', async () => {
    start();
    const { group, commands } = platform.rules;
    await add('a', -6_000, 'many');
    await add('a', 2, 'good');
    for (const partition of [0, 1]) await send(client, commands.topic, bomb(commands.topic), partition);
    await add('a', 3, 'better');
    const dead = () => read(deadLetterTopic(group, commands.topic));
    await until(async () => (await dead()).length === 3 && (await events()).length === 2);
    expect((await events()).map(({ total, version }) => `${total}/${version}`)).toEqual(['2/1', '5/2']);
    const reasons = (await dead()).map(({ headers }) => header(headers, FAILURE.lastMessage)).sort();
    expect(reasons[2]).toMatch(/^What follows from Add has \d+ bytes in 6000 messages .* at once$/);
    expect(reasons[0]).toMatch(/^The batch of offsets .* gzip\) cannot be read: it comes to more than/);
  });

  it.each<FailpointName>([
    'after-fence',
    'after-send',
    'after-offsets',
    'before-commit',
    'after-commit',
    'before-state-write',
  ])('is exactly-once when it fails %s, again and again', async (where) => {
    let passed = 0;
    start(async (name) => {
      if (name === where && ++passed % 3 === 2) throw new Error(`failed ${where}`);
    });
    for (let i = 1; i <= 30; i++) await add('a', 1, `a${i}`);
    await until(async () => (await events()).length >= 30);
    expect((await events()).map(({ total }) => total)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
  });

  /** Ten events of the counter, and then nobody at work. */
  async function tenAndStopped(): Promise<void> {
    start();
    for (let i = 1; i <= 10; i++) await add('a', 1, `a${i}`);
    await until(async () => (await events()).length === 10);
    await consumer?.stop();
  }

  /** As a process that knows the log only would: with what it was told, and one that is told again. */
  async function goesOnFromTheLog(): Promise<void> {
    start();
    await add('a', 1, 'a3');
    await add('a', 5, 'a11');
    await until(async () => (await events()).length === 11);
    expect((await events()).at(-1)).toMatchObject({ total: 15, version: 11 });
  }

  it('rebuilds its state from the events when the directory is lost, and knows handled commands again', async () => {
    await tenAndStopped();
    await rm(directory, { recursive: true, force: true });
    await goesOnFromTheLog();
  });

  it('rebuilds its state from the events when it is ahead of them: the log was set back', async () => {
    await tenAndStopped();
    for (const partition of ['0', '1']) {
      const store = new StateStore(join(directory, partition));
      const overlay = new StateOverlay(store, platform.rules.initial, 'spec');
      overlay.set('a', { state: platform.rules.initial, version: 99 });
      store.write(overlay, { from: store.position, to: store.position + 1_000n });
      await store.close();
    }
    await goesOnFromTheLog();
  });

  it('rebuilds its state from the events when one of those that it was built on was aborted after all', async () => {
    await tenAndStopped();
    // As if the markers of two transactions had been lost, and a later one of the same producer had taken them along.
    for (const partition of [0, 1]) {
      const producer = new TransactionalProducer(client, { transactionalId: scratchName('tx'), failpoint });
      await producer.fence();
      const { topic } = platform.rules.events;
      const aborted = [1, 2].map((value) => ({ ...record(topic, String(value)), partition }));
      const position = { group: 'none', topic, partition, offset: 0n, memberId: '', generation: -1 };
      await expect(producer.transact(aborted, position)).rejects.toThrow('given up');
      const store = new StateStore(join(directory, String(partition)));
      const overlay = new StateOverlay(store, platform.rules.initial, 'spec');
      overlay.set('a', { state: platform.rules.initial, version: 99 });
      overlay.remember('a11', { time: Date.now(), requestHash: '' });
      await until(async () => (await stableEnd(client, topic, partition)) >= store.position + 3n);
      store.write(overlay, { from: store.position, to: store.position + 2n, lastEvent: store.position + 1n });
      await store.close();
    }
    await goesOnFromTheLog();
  });

  const failpoint = async (name: FailpointName) => {
    if (name === 'after-send') throw new Error('given up');
  };
});
