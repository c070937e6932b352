import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, redriveTopic } from '../../domain/index.ts';
import { deadLetter } from '../../failures/copies.ts';
import { FAILURE, originalOf } from '../../failures/failure-headers.ts';
import { type Failure, failureOf } from '../../failures/failure.ts';
import { keyText } from '../../failures/key-text.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import { TRANSACTION_FAILPOINTS, type Failpoint } from '../failpoints.ts';
import type { GroupConsumer } from '../group-consumer.ts';
import { type ConsumedRecord, header, type OutgoingRecord, sizeAlone } from '../../log/record.ts';
import { failureIn } from '../../testing/diverting-group.ts';
import { doors } from '../../testing/doors.ts';
import { nothingIsOpen } from '../../testing/nothing-is-open.ts';
import { openTransaction } from '../../testing/open-transaction.ts';
import { readTopic } from '../../testing/read-topic.ts';
import { askToRedrive, askToRelease, onRedriveTopic, redriver } from '../../testing/redriver.ts';
import { scratchClient, until } from '../../testing/scratch-broker.ts';
import { there } from '../../testing/there.ts';

const PARTITIONS = 3;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BINARY = Buffer.from([0xff, 0, 0x80]);

describe('the redriver on the broker', () => {
  let client: KafkaClient;
  /** The platform of the group that failed. */
  let failed: Awaited<ReturnType<typeof doors>>;
  let consumer: GroupConsumer | undefined;
  beforeAll(async () => {
    client = scratchClient();
    failed = await doors(client, { kind: 'policy' }, PARTITIONS);
  });
  afterAll(() => client.close());
  afterEach(() => consumer?.stop());

  /** What it is asked are events of another platform. */
  async function redriving() {
    const parts = await doors(client, { kind: 'redrive' });
    const { group, events, commands, ring } = parts;
    let asked = 0;
    const ask = (door: string) => ring(door, 1, `asked ${asked++}`);
    const redrive = (letter: OutgoingRecord, value?: Buffer) => ask(askToRedrive(letter, value));
    const start = (targetOf = onRedriveTopic, failpoint?: Failpoint) => {
      consumer = redriver(client, { ...parts, targetOf, log: silent, ...(failpoint && { failpoint }) });
      consumer.start();
      return () => [...(consumer?.status.workers.values() ?? [])][0];
    };
    const sent = async () => (await readTopic(client, commands)).map(({ key }) => key?.toString());
    const ownDeadLetters = () => readTopic(client, deadLetterTopic(group, events));
    return { ask, redrive, start, sent, ownDeadLetters };
  }

  /** A dead letter of the failed group, which nobody has written yet; as if it stood at that offset of the source. */
  let offset = 0n;
  function letter(partition: number, key: Buffer | null = BINARY): OutgoingRecord {
    const original = {
      topic: failed.events,
      partition,
      offset: offset++,
      timestamp: 1_234,
      key,
      value: Buffer.from('not even Avro'),
      headers: [
        ['ce_type', Buffer.from('Rung')],
        ['twice', BINARY],
        ['twice', null],
      ] as const,
    };
    const who = { group: failed.group, handler: 'spec', service: 'spec', version: '1' };
    return deadLetter(
      original,
      failureOf(original, { ...who, thrown: [{ at: 1, error: new Error('never') }] }),
    );
  }
  const written = async (made: OutgoingRecord) => {
    await failed.appender.append(made);
    return made;
  };

  const copiesOf = async (made: OutgoingRecord, topic = redriveTopic(failed.group, failed.events)) => {
    const { id } = failureIn(made);
    await until(() => nothingIsOpen(client, topic));
    return (await readTopic(client, topic)).filter(({ headers }) => header(headers, FAILURE.id) === id);
  };
  const before = (made: OutgoingRecord): Failure => failureIn(made);

  it('gives dead letters of several partitions back byte for byte, and tells that they were sent', async () => {
    const parts = await redriving();
    const letters = await Promise.all([0, 1, 2, 1].map((partition) => written(letter(partition))));
    for (const made of letters) await parts.redrive(made);
    parts.start();
    await until(async () => (await parts.sent()).length === letters.length);
    for (const made of letters) {
      const [copy, ...others] = await copiesOf(made);
      expect(others).toEqual([]);
      expect(copy?.partition).toBe(made.partition);
      expect(originalOf(there(copy))).toEqual(originalOf(made as ConsumedRecord));
      const { since, ...after } = failureIn(there(copy));
      const { since: _, ...then } = before(made);
      expect(after).toEqual({ ...then, redrives: 1 });
      expect(since).toBeGreaterThanOrEqual(before(made).last.at);
    }
    expect(await parts.sent()).toEqual(letters.map((made) => `sent/${before(made).id}`));
  });

  it('puts an edited value in the place of the one that failed', async () => {
    const parts = await redriving();
    const made = await written(letter(2));
    await parts.redrive(made, Buffer.from('edited'));
    parts.start();
    await until(async () => (await parts.sent()).length === 1);
    const [copy] = await copiesOf(made);
    expect(copy?.value?.toString()).toBe('edited');
    expect(copy?.headers.slice(0, 3)).toEqual(made.headers.slice(0, 3));
  });

  it('gives commands back on their own topic', async () => {
    const parts = await redriving();
    const made = await written(letter(1));
    await parts.redrive(made);
    parts.start((_, topic) => ({ topic, maxBytes: 10_000 }));
    await until(async () => (await parts.sent()).length === 1);
    expect(await copiesOf(made, failed.events)).toHaveLength(1);
    expect(await copiesOf(made)).toEqual([]);
  });

  it('lets go what is parked behind a dead letter that was discarded, with the key as it was', async () => {
    const parts = await redriving();
    const made = letter(2);
    const { id: deadLetterId, group } = before(made);
    const released = { deadLetterId, group, topic: failed.events, partition: 2, key: keyText(BINARY) };
    await parts.ask(askToRelease(released));
    parts.start();
    await until(async () => (await copiesOf(made)).length > 0);
    expect(await copiesOf(made)).toMatchObject([{ partition: 2, key: BINARY, value: null }]);
    expect(header(there((await copiesOf(made))[0]).headers, FAILURE.discarded)).toBe('true');
  });

  it('tells that a dead letter is nowhere, and goes on (its redrive stayed requested)', async () => {
    const parts = await redriving();
    const lost = letter(0);
    await parts.redrive(lost);
    const made = await written(letter(0));
    await parts.redrive(made);
    parts.start();
    await until(async () => (await parts.sent()).length === 2);
    expect(await parts.sent()).toEqual([`record-missing/${before(lost).id}`, `sent/${before(made).id}`]);
    expect([await parts.ownDeadLetters(), await copiesOf(lost)]).toEqual([[], []]);
    expect(await copiesOf(made)).toHaveLength(1);
  });

  it('leaves out what is not needed where there is no room, and tells when there is none at all (one copy stopped all)', async () => {
    const parts = await redriving();
    const [stacked, short] = [await written(letter(0)), await written(letter(0))];
    for (const made of [stacked, short]) await parts.redrive(made);
    parts.start((_, source) => ({
      topic: redriveTopic(failed.group, source),
      maxBytes: sizeAlone(stacked) - 1,
    }));
    await until(async () => (await parts.sent()).length === 2);
    const [copy] = await copiesOf(stacked);
    expect(originalOf(there(copy))).toEqual(originalOf(stacked as ConsumedRecord));
    expect(failureIn(there(copy))).toMatchObject({ history: [], last: { message: 'never', stack: '' } });
    await consumer?.stop();

    const none = await redriving();
    await none.redrive(stacked);
    none.start((_, source) => ({ topic: redriveTopic(failed.group, source), maxBytes: 100 }));
    await until(async () => (await none.sent()).length === 1);
    expect(await none.sent()).toEqual([`too-large/${before(stacked).id}`]);
  });

  it('gives no batch back that could not be read: there is no record in it', async () => {
    const parts = await redriving();
    const made = letter(0);
    await parts.redrive(
      await written({ ...made, headers: [...made.headers, [FAILURE.lastOffset, Buffer.from('9')]] }),
    );
    parts.start();
    await until(async () => (await parts.sent()).length === 1);
    expect(await parts.sent()).toEqual([`unreadable-batch/${before(made).id}`]);
    expect(await copiesOf(made)).toEqual([]);
  });

  it('tells that nobody knows the group', async () => {
    const parts = await redriving();
    const made = await written(letter(0));
    await parts.redrive(made);
    parts.start(() => undefined);
    await until(async () => (await parts.sent()).length === 1);
    expect(await parts.sent()).toEqual([`unknown-group/${before(made).id}`]);
  });

  it('waits for a dead letter that somebody’s open transaction hides', async () => {
    const parts = await redriving();
    const made = letter(0);
    const { commit } = await openTransaction(client, [made]);
    await parts.redrive(made);
    const status = parts.start();
    await until(() => status()?.reason?.includes('A transaction is open') === true);
    expect([await parts.sent(), await parts.ownDeadLetters()]).toEqual([[], []]);
    await commit();
    await until(async () => (await parts.sent()).length === 1);
    expect(await copiesOf(made)).toHaveLength(1);
  });

  it.each(TRANSACTION_FAILPOINTS)(
    'gives each dead letter back once when it breaks off %s',
    async (moment) => {
      const parts = await redriving();
      const letters = await Promise.all([0, 1, 2].map((partition) => written(letter(partition))));
      for (const made of letters) await parts.redrive(made);
      let broken = false;
      parts.start(onRedriveTopic, async (name) => {
        if (name !== moment || broken) return;
        broken = true;
        throw new Error(`broke off ${moment}`);
      });
      await until(async () => (await parts.sent()).length >= 3);
      expect(broken).toBe(true);
      for (const made of letters) expect(await copiesOf(made)).toHaveLength(1);
      expect(await parts.sent()).toHaveLength(3);
    },
  );
});
