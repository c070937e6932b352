import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { counters } from '../../fixtures/counters.ts';
import { writeAsLibrary } from '../../fixtures/log-reading.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { LogAppender } from '../kafka/producing/log-appender.ts';
import { createTopics } from '../kafka/topics/topics.ts';
import type { Headers } from '../log/record.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import { registerSchemas } from '../serde/register-schemas.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { bomb, send } from '../../fixtures/foreign-batch.ts';
import { wholeEnd } from '../log/trusted-position.ts';
import { record, scratchClient, scratchName } from '../../fixtures/scratch-broker.ts';
import type { Engine } from './engine.ts';
import type { EventingOptions } from './eventing-options.ts';
import { KafkaRecordDecisions } from './kafka-record-decisions.ts';
import { systemClock } from '../time/system-clock.ts';

const registryUrl = process.env['REGISTRY_URL'] ?? '';

/** What the folds make of them is specified in engine/groups/ignored-event.spec.ts. */
describe('a decision about a record on an events topic', () => {
  let client: KafkaClient;
  let platform: ReturnType<typeof counters>;
  let builder: RecordBuilder;
  let appender: LogAppender;
  let told: string[];
  let ignored: IgnoredRecords;
  let decisions: KafkaRecordDecisions;

  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  beforeEach(async () => {
    platform = counters();
    const { contracts, catalogue } = platform;
    const kept = { partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
    const topic = { ...kept, name: scratchName('decisions') };
    await registerSchemas(registryUrl, contracts, () => 'FULL_TRANSITIVE');
    await createTopics(client, [...catalogue.topics, topic], { factor: 1, minInSync: 1 });
    const codec = new MessageCodec(new ConfluentRegistry(registryUrl), contracts, systemClock);
    await codec.ready();
    builder = new RecordBuilder(codec, catalogue, 'spec');
    appender = new LogAppender(client);
    told = [];
    ignored = new IgnoredRecords(topic, (message) => void told.push(message));
    const options = { contracts, catalogue } as unknown as EventingOptions;
    decisions = new KafkaRecordDecisions(options, { client, codec } as Engine, ignored);
  });

  const write = (value: Buffer, headers: Headers = [], key: Buffer | null = null) =>
    appender.append({ ...record(platform.rules.events.topic, '', 0), key, value, headers });
  const at = (offset: bigint) => ({ topic: platform.rules.events.topic, partition: 0, offset });
  const ignore = (offset: bigint, operator = 'ada', force = false) =>
    decisions.ignore(at(offset), { operator, reason: 'a console tool', force });
  const metadata = { id: 'x', time: 1, correlationId: 'x' };
  const event = () => builder.record(platform.Added({ id: 'a', total: 1 }), { ...metadata, version: 1 });
  const refused = (refusal: string) => ({ type: 'refused', refusal });

  it('is about a whole batch that nobody can read, as one, by any of its offsets', async () => {
    const { topic } = platform.rules.events;
    const first = await send(client, topic, bomb(topic, 0, 3), 0);
    expect(await ignore(first + 1n)).toMatchObject({
      type: 'ignored',
      decision: { offset: first, lastOffset: first + 2n },
    });
    expect(await ignore(first)).toEqual(await ignore(first + 2n));
    expect(await decisions.ignored()).toHaveLength(1);
  });

  it.each([
    ['key', [], Buffer.from([0xff])],
    ['ce_id', [['ce_id', Buffer.from([0xff])]], null],
  ] as [string, Headers, Buffer | null][])(
    'may be about what is an event but for its %s, which is not UTF-8 (it was refused as an event)',
    async (_, headers, key) => {
      const versioned = [...headers, ['aggregateversion', Buffer.from('2')]] as const;
      const odd = await write(event().value as Buffer, versioned, key);
      expect(await ignore(odd)).toEqual(refused('versioned'));
      expect(await ignore(odd, 'ada', true)).toMatchObject({ type: 'ignored' });
    },
  );

  it('is made once, whoever asks again, and whatever else is written beside the decisions', async () => {
    const odd = await write(Buffer.from('odd'));
    await appender.append({ ...record(ignored.topic ?? '', 'not a decision') });
    const both = await Promise.all([ignore(odd), ignore(odd, 'bob')]);
    expect(new Set(both.map((one) => one.type === 'ignored' && one.decision.operator)).size).toBe(1);
    expect(await ignore(odd, 'eve')).toEqual(both[0]);
    expect(await decisions.ignored()).toHaveLength(1);
    expect((await decisions.find(at(odd)))?.value).toEqual(Buffer.from('odd'));
    expect(told.at(-1)).toContain('offset 0 is no decision');
  });

  it('is refused about an event, and about what says that it is a version of one', async () => {
    const { topic } = platform.rules.events;
    const cluster = new KafkaCluster(client);
    await writeAsLibrary(cluster, [{ ...event(), topic, partition: 0 }]);
    // Its marker is written after the answer.
    const marker = (await wholeEnd(cluster.log, topic, 0, new AbortController().signal)) - 1n;
    expect(await ignore(marker - 1n)).toEqual(refused('event'));
    // The marker of its transaction is no record; what comes later is not there yet.
    expect(await ignore(marker)).toEqual(refused('unknown'));
    expect(await ignore(1_000n)).toEqual(refused('unknown'));
    const request = { operator: 'ada', reason: 'why', force: false };
    const elsewhere = (place: object) => decisions.ignore({ ...at(0n), ...place }, request);
    expect(await elsewhere({ topic: platform.rules.commands.topic })).toEqual(refused('not-events'));
    expect(await elsewhere({ topic: 'rumours' })).toEqual(refused('unknown'));
    expect(await elsewhere({ partition: 2 })).toEqual(refused('unknown'));
    const versioned = await write(Buffer.from('mirrored'), [['aggregateversion', Buffer.from('1')]]);
    expect(await ignore(versioned)).toEqual(refused('versioned'));
    expect(await ignore(versioned, 'ada', true)).toMatchObject({ type: 'ignored' });
    const command = builder.record(platform.Add({ id: 'a', amount: 1 }), metadata);
    expect(await ignore(await write(command.value as Buffer))).toMatchObject({ type: 'ignored' });
  });
});
