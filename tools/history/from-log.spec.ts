import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AnyDecider, contract, type Message, messageType } from '@atelier/eventing/domain';
import { readFailure } from '@atelier/eventing/failures';
import type { OutgoingRecord, RecordPlace } from '@atelier/eventing/log';
import { type GroupUnderTest, runGroup, SpecBroker } from '@atelier/eventing/testing';
import { writeAsLibrary } from '../../libs/eventing/fixtures/log-reading.ts';
import { redriveCopy } from '../../libs/eventing/src/failures/copies.ts';
import { decisionRecord } from '../../libs/eventing/src/ignored/ignored-record.ts';
import { IgnoredRecords } from '../../libs/eventing/src/ignored/ignored-records.ts';
import { checkTopics } from './checked.ts';
import { stepsOf, type Topics } from './from-log.ts';
import { messagesOf, type Step } from './step.ts';

const HOUR_MS = 3_600_000;
const decisions = { name: 'decisions', partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] };

const record = (name: string, ...fields: readonly object[]) =>
  [{ type: 'record', name, fields: [{ name: 'id', type: 'string' }, ...fields] }] as const;
const [commands, events] = [
  { topic: 'commands', key: 'id' },
  { topic: 'events', key: 'id' },
];
const Add = messageType<Message<'Add', { id: string; amount: number }>>({
  ...{ type: 'Add', ...commands, versions: record('Add', { name: 'amount', type: 'int' }) },
});
const Added = messageType<Message<'Added', { id: string; total: number }>>({
  ...{ type: 'Added', ...events, versions: record('Added', { name: 'total', type: 'int' }) },
});
const AdditionRefused = messageType<Message<'AdditionRefused', { id: string }>>({
  ...{ type: 'AdditionRefused', ...events, versions: record('AdditionRefused') },
});
const contracts = [contract('commands', { Add }), contract('events', { Added, AdditionRefused })] as const;

/** 13 is more than it can bear, below zero it adds that many times, and zero changes nothing. */
const rules: AnyDecider = {
  ...{
    group: 'counting.decider',
    version: 1,
    commands: contracts[0],
    events: contracts[1],
    initial: { total: 0 },
  },
  decide: {
    Add({ data: { id, amount } }, { total }) {
      if (amount === 13) throw new Error('13 is unlucky');
      const times = amount < 0 ? -amount : Math.min(amount, 1);
      return Array.from({ length: times }, () => Added({ id, total: total + amount }));
    },
  },
  evolve: { Added: (_, { data: { total } }) => ({ total }), AdditionRefused: (state) => state },
  refuseReusedKey: ({ data: { id } }) => AdditionRefused({ id }),
};

describe('the histories in topics', () => {
  let broker: SpecBroker;
  let group: GroupUnderTest | undefined;

  beforeEach(async () => {
    broker = new SpecBroker(contracts);
    broker.cluster.broker.topics.create(decisions.name, 1);
    group = await runGroup(rules, { broker });
  });
  afterEach(() => stop());

  async function stop(): Promise<void> {
    await group?.stop();
    group = undefined;
  }

  async function add(id: string, amount: number, requestHash?: string): Promise<RecordPlace> {
    const metadata = { id, ...(requestHash !== undefined && { requestHash }) };
    const place = await broker.publish(Add({ id: 'a', amount }), metadata);
    if (group) await broker.idle();
    return place;
  }

  const append = (record: OutgoingRecord) => broker.cluster.broker.append(record);

  /** `rememberMs`: everything in a specification happens at one moment. */
  const topics = (rememberMs = HOUR_MS): Topics => ({
    log: broker.cluster.log,
    codec: broker.codec,
    ignored: new IgnoredRecords(decisions, () => undefined),
    rememberMs,
    signal: AbortSignal.timeout(60_000),
  });

  async function steps(rememberMs?: number): Promise<string[]> {
    const all: string[] = [];
    for await (const step of stepsOf(topics(rememberMs), rules)) all.push(inShort(step));
    return all;
  }

  const check = async (planted: AnyDecider) => (await checkTopics(() => topics(), [planted]))[0];

  it('have each command with the events that answered it', async () => {
    await add('first', -2);
    await add('second', 5);
    expect(await steps()).toEqual(['decide first: Added Added', 'decide second: Added']);
    expect(await check(rules)).toMatchObject({
      counts: { aggregates: 1, decided: 2, folded: 3 },
      differences: [],
    });
  });

  it('have no repeats, of which no rule is asked', async () => {
    await add('first', 1, 'one request');
    await add('second', 1);
    await add('first', 1, 'one request');
    await add('third', 1);
    expect(await steps()).toEqual(['decide first: Added', 'decide second: Added', 'decide third: Added']);
  });

  it('have a command whose id was handled for another request as what was refused', async () => {
    await add('first', 1, 'one request');
    await add('first', 7, 'another request');
    await add('first', 7, 'another request');
    expect(await steps()).toEqual(['decide first: Added', 'refuseReusedKey first: AdditionRefused']);
    expect((await check(rules))?.differences).toEqual([]);
    const silent = { ...rules, refuseReusedKey: () => Added({ id: 'a', total: 0 }) };
    expect((await check(silent))?.differences).toHaveLength(1);
  });

  it('do not say which rule was asked where the first request may be forgotten', async () => {
    await add('first', 1, 'one request');
    await add('first', 7, 'another request');
    expect(await steps(0)).toEqual(['decide first: Added', 'AdditionRefused']);
  });

  it('have a command that nothing came of where it was handled', async () => {
    await add('first', 3);
    await add('nothing', 0);
    await add('second', 1);
    await add('nothing more', 0);
    expect(await steps()).toEqual([
      'decide first: Added',
      'decide nothing: ',
      'decide second: Added',
      'decide nothing more: ',
    ]);
    expect((await check(rules))?.differences).toEqual([]);
    const Told = ({ data: { id } }: ReturnType<typeof Add>) => Added({ id, total: 3 });
    expect((await check({ ...rules, decide: { Add: Told } }))?.differences).toHaveLength(1);
  });

  it.each([
    ['', ['second']],
    [', also when nothing was decided in between', []],
  ])('have a dead letter of a command as what was given back instead of it%s', async (_, between) => {
    await add('unlucky', 13);
    for (const id of between) await add(id, 1);
    const [letter] = broker.deadLetters(rules.group, rules.commands.topic);
    const failure = letter && readFailure(letter.headers);
    if (!failure) throw new Error('There is no dead letter');
    const value = broker.codec.encode(Add({ id: 'a', amount: 12 }));
    const copy = redriveCopy(letter, failure, { topic: rules.commands.topic, since: 0, value });
    await writeAsLibrary(broker.cluster, [copy]);
    await broker.idle();

    expect(await steps()).toEqual([...between.map((id) => `decide ${id}: Added`), 'decide unlucky: Added']);
    expect((await check(rules))?.differences).toEqual([]);
  });

  it('have no dead letter that was not given back: nothing was decided', async () => {
    await add('unlucky', 13);
    await add('second', 1);
    await broker.publish(Add({ id: 'a', amount: 13 }), { id: 'unlucky again' });
    await broker.idle();
    expect(await steps()).toEqual(['decide second: Added']);
    expect((await check({ ...rules, decide: { Add: () => [] } }))?.differences).toHaveLength(1);
  });

  it('have events whose commands are gone, to be folded only', async () => {
    await add('first', 1);
    await add('second', 1);
    const { topic } = rules.commands;
    for (const partition of broker.cluster.broker.topics.topic(topic).partitions) partition.trim(1n);
    expect(await steps()).toEqual(['Added', 'decide second: Added']);
    expect((await check(rules))?.differences).toEqual([]);
  });

  it('have no record that an operator has decided to ignore, and show one that nobody can read', async () => {
    const { partition } = await add('first', 1);
    const { topic } = rules.events;
    const value = Buffer.from('a console tool');
    const offset = append({ topic, partition, key: Buffer.from('a'), value, headers: [] });
    expect((await check(rules))?.differences).toMatchObject([{ now: { kind: 'failed' } }]);
    const { id: topicId } = await broker.cluster.log.topic(topic);
    const place = { topic, topicId, partition, offset, lastOffset: offset };
    append(decisionRecord(decisions.name, { ...place, operator: 'ada', reason: 'nobody needs it' }));
    await add('second', 1);
    expect(await steps()).toEqual(['decide first: Added', 'decide second: Added']);
  });

  it('have no command that is still to be handled', async () => {
    await add('first', 1);
    await stop();
    await add('later', 1);
    expect(await steps()).toEqual(['decide first: Added']);
  });

  it('show another fold by what is decided on it, and one that fails at once', async () => {
    await add('first', 1);
    await add('second', 1);
    const evolve = (fold: AnyDecider['evolve'][string]) => ({
      ...rules,
      evolve: { ...rules.evolve, Added: fold },
    });
    expect((await check(evolve(() => ({ total: 0 }))))?.differences).toMatchObject([
      { before: { total: 0 }, recorded: { events: [{ data: { total: 2 } }] } },
    ]);
    const failing = () => {
      throw new Error('no more of these');
    };
    expect((await check(evolve(failing)))?.differences).toMatchObject([
      { recorded: undefined, now: { kind: 'failed', why: 'Error: no more of these' } },
    ]);
  });
});

function inShort({ question, events }: Step): string {
  const types = events.flatMap(({ opened }) => messagesOf(opened).map(({ type }) => type)).join(' ');
  const [command] = question ? messagesOf(question.command) : [];
  return question ? `${question.rule} ${command?.metadata.id}: ${types}` : types;
}
