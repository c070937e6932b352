import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counters } from '../../../fixtures/counters.ts';
import { avroText, framed } from '../../../fixtures/foreign-schema.ts';
import { onKafka } from '../../../fixtures/kafka-host.ts';
import { readAll } from '../../../fixtures/log-reading.ts';
import { failureIn, fatal, retryable, type Ringing, ringing } from '../../../fixtures/ringing.ts';
import { scratchClient, scratchName, scratchSpec } from '../../../fixtures/scratch-broker.ts';
import { there } from '../../../fixtures/there.ts';
import { until } from '../../../fixtures/until.ts';
import { deadLetterTopic, parkedTopic, retryTopic } from '../../domain/index.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { failureId } from '../../failures/failure.ts';
import { IgnoredRecords } from '../../ignored/ignored-records.ts';
import type { KafkaClient } from '../../kafka/client/client.ts';
import { createTopics } from '../../kafka/topics/topics.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { Engine } from '../../nest/engine.ts';
import type { EventingOptions } from '../../nest/eventing-options.ts';
import { KafkaRecordDecisions } from '../../nest/kafka-record-decisions.ts';
import { RecordBuilder } from '../../serde/record-builder.ts';
import type { GroupHost } from '../../testing/group-host.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';

/** Each kind once, on a broker and a registry. The details are specified in memory, by the specs named like what is set aside. */
const notUtf8 = Buffer.from([0x61, 0xff]);
const loneSurrogate = Buffer.from([0xed, 0xa0, 0x80]);
const messageOf = (letter: ConsumedRecord) => failureIn(letter).last.message;

describe("other people's records, on a broker: to an effect", () => {
  let client: KafkaClient;
  let group: Ringing;
  let running: GroupUnderTest;
  beforeAll(async () => {
    client = scratchClient();
    const spec = { kind: 'effect', ordering: 'key', retry: { immediate: 0, delays: ['1s'] } } as const;
    group = await ringing(onKafka(client), spec, ({ id }, tried) => {
      if (id === 'bad') return fatal('no');
      return id === 'later' && tried === 1 ? retryable('not yet') : undefined;
    });
    await mark('a', Buffer.alloc(0));
    await mark('b', Buffer.from('\u0000{]'));
    running = await group.start({ parking: { lookEveryMs: 100 } });
  });
  afterAll(async () => {
    await group.stop();
    await client.close();
  });

  const mark = (key: string, value: Buffer | null) =>
    group.append({
      topic: parkedTopic(group.group, group.events),
      partition: 0,
      key: Buffer.from(key),
      value,
      headers: [],
    });
  const rung = (door: string, id: string): OutgoingRecord =>
    group.builder.record(group.doors.Rung({ door, times: 1 }), { id, time: 1, correlationId: id });
  const handles = (id: string) => until(async () => (await group.handled()).includes(id));
  const letters = async (count: number) => {
    await until(async () => (await group.deadLetters()).length >= count);
    return group.deadLetters();
  };

  it('an empty value and garbage among the marks of parked keys are told, hold nothing up, and go with a tombstone', async () => {
    await group.ring('a', 1, 'marked');
    await handles('marked');
    await until(() => running.status.notices.length === 2);
    expect(running.status.notices).toEqual([
      expect.stringContaining('of the key "a" is no mark'),
      expect.stringContaining('of the key "b" is no mark'),
    ]);
    for (const key of ['a', 'b']) await mark(key, null);
    await until(() => running.status.notices.length === 0);
  });

  it('text that is not UTF-8 is a dead letter with every byte', async () => {
    // Of two keys: the second would be parked behind the first.
    const [record, other] = [rung('c', 'odd'), rung('h', 'odd')] as const;
    const times = Buffer.from([2]);
    const value = framed(there(record.value ?? undefined).readInt32BE(1), avroText(loneSurrogate), times);
    const typed = other.headers.map(([name, old]) => [name, name === 'ce_type' ? notUtf8 : old] as const);
    const own = ['their-own', Buffer.from([0xff, 0, 0xfe])] as const;
    await group.append({ ...record, value });
    await group.append({ ...other, headers: [...typed, own] });
    const [first, second] = await letters(2);
    expect(messageOf(there(first))).toContain(': door is not valid UTF-8');
    expect(there(first).value).toEqual(value);
    expect(messageOf(there(second))).toBe('The header ce_type is not valid UTF-8');
    expect(there(second).headers.slice(0, typed.length + 1)).toEqual([...typed, own]);
  });

  it('what is due in the year 9999 on a retry topic holds up no retry behind it', async () => {
    const due = [FAILURE.due, Buffer.from('253370764800000')] as const;
    const record = rung('d', 'far');
    const topic = retryTopic(group.group, group.events, 1);
    await group.append({ ...record, topic, headers: [...record.headers, due] });
    await group.ring('e', 1, 'later');
    await handles('far');
    await handles('later');
  });

  it('a copy of a dead letter that was discarded, published by hand, has a dead letter of its own', async () => {
    await group.ring('f', 1, 'bad');
    await group.ring('f', 1, 'behind');
    const letter = there((await letters(3)).at(-1));
    await group.discard(letter);
    await handles('behind');
    const offset = await group.append({ ...letter, topic: group.events });
    const place = { topic: group.events, partition: 0, offset };
    expect(failureIn(there((await letters(4)).at(-1)))).toMatchObject({
      id: failureId(group.group, place),
      place,
      attempts: 1,
      redrives: 0,
    });
    await group.ring('g', 1, 'last');
    await handles('last');
  });
});

describe("other people's records, on a broker: to a decider", () => {
  const platform = counters();
  const { commands, events, group } = platform.rules;
  let client: KafkaClient;
  let host: GroupHost;
  let builder: RecordBuilder;
  let ignored: IgnoredRecords;
  let stateDir: string;
  let running: GroupUnderTest;
  beforeAll(async () => {
    client = scratchClient();
    stateDir = mkdtempSync(join(tmpdir(), 'atelier-foreign-'));
    host = await onKafka(client)(platform.contracts, 1);
    builder = new RecordBuilder(
      host.codec,
      host.catalogueWith({ group, kind: 'decider', topics: [commands.topic] }),
      'spec',
    );
    const decisions = scratchSpec(scratchName('decisions'));
    await createTopics(client, [decisions], { factor: 1, minInSync: 1 });
    ignored = new IgnoredRecords(decisions, () => undefined);
    await start();
  });
  afterAll(async () => {
    await running.stop();
    rmSync(stateDir, { recursive: true });
    await client.close();
  });

  const start = async () => {
    running = await runGroup(platform.rules, { broker: host, options: { stateDir }, ignored });
  };
  /** Without its state: all events are folded anew. */
  const startAnew = async () => {
    await running.stop();
    rmSync(stateDir, { recursive: true });
    await start();
  };
  const append = (record: OutgoingRecord) => host.cluster.appender().append(record);
  const add = (amount: number, id: string) =>
    append(builder.record(platform.Add({ id: 'a', amount }), { id, time: 1, correlationId: id }));
  const said = async () =>
    (await readAll(host.cluster.log, events.topic)).filter(({ headers }) => headers.length > 0).length;
  const letters = () => readAll(host.cluster.log, deadLetterTopic(group, commands.topic));

  it('a command whose events are more than their topic takes is a dead letter that says so', async () => {
    await add(-10_000, 'large');
    await add(1, 'next');
    await until(async () => (await said()) === 1);
    const [letter, ...others] = await letters();
    expect(others).toEqual([]);
    expect(failureIn(there(letter)).last).toMatchObject({
      errorClass: 'MessageTooLarge',
      message: expect.stringMatching(`^What follows from Add has .* ${events.topic} takes 1048588 at once`),
    });
  });

  it('bytes among its events are waited for until they are ignored, and so they are by each rebuild', async () => {
    const offset = await append({
      topic: events.topic,
      partition: 0,
      key: null,
      value: Buffer.from('a tool'),
      headers: [],
    });
    await startAnew();
    await add(1, 'waiting');
    const status = () => running.status.workers.get(`${commands.topic}-0`);
    await until(() => status()?.reason?.includes(`offset ${offset} cannot be folded`) ?? false);
    const options = {
      contracts: host.contracts,
      catalogue: platform.catalogue,
    } as unknown as EventingOptions;
    const decisions = new KafkaRecordDecisions(options, { client, codec: host.codec } as Engine, ignored);
    const decision = { operator: 'ada', reason: 'a console tool', force: false };
    expect(await decisions.ignore({ topic: events.topic, partition: 0, offset }, decision)).toMatchObject({
      type: 'ignored',
    });
    await until(async () => (await said()) === 2);
    await startAnew();
    await add(1, 'rebuilt');
    await until(async () => (await said()) === 3);
    expect(status()).toMatchObject({ state: 'running' });
  });
});
