import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Doors, doors } from '../../../fixtures/doors.ts';
import { openTransaction, readAll } from '../../../fixtures/log-reading.ts';
import { askToRedrive, askToRelease, letterOf, redriverOf } from '../../../fixtures/redriver.ts';
import { failureIn } from '../../../fixtures/ringing.ts';
import { there } from '../../../fixtures/there.ts';
import { until } from '../../../fixtures/until.ts';
import { type Catalogue, type GroupSpec, redriveTopic } from '../../domain/index.ts';
import { FAILURE, originalOf } from '../../failures/failure-headers.ts';
import { keyText } from '../../failures/key-text.ts';
import { type ConsumedRecord, header, type OutgoingRecord, sizeAlone } from '../../log/record.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';
import { type Failpoint, TRANSACTION_FAILPOINTS } from '../failpoints.ts';

const PARTITIONS = 3;
const BINARY = Buffer.from([0xff, 0, 0x80]);

describe('the redriver', () => {
  /** The platform of the group that failed, and the one whose events say what to redrive. */
  let failed: Doors;
  let asking: Doors;
  let broker: SpecBroker;
  const running: GroupUnderTest[] = [];
  beforeEach(() => onBrokerWith(1));
  afterEach(() => Promise.all(running.splice(0).map((each) => each.stop())));

  async function onBrokerWith(partitions: number, kind: GroupSpec['kind'] = 'policy'): Promise<void> {
    [failed, asking] = [doors(), doors()];
    broker = new SpecBroker([...failed.contracts, ...asking.contracts], partitions);
    await broker.deploy({ group: failed.group, kind, topics: [failed.events] });
  }

  /** `seen`: the catalogue as this service has it. */
  async function start(failpoint?: Failpoint, seen: (catalogue: Catalogue) => Catalogue = (all) => all) {
    const redriver = redriverOf(asking);
    const catalogue = seen(broker.catalogueWith({ ...redriver, service: 'spec' }));
    const started = await runGroup(redriver, {
      broker,
      options: { catalogue, ...(failpoint && { failpoint }) },
    });
    running.push(started);
    return started;
  }

  let asked = 0;
  const ask = (door: string) => broker.publish(asking.Rung({ door, times: 1 }), { id: `asked ${asked++}` });
  const redrive = (letter: OutgoingRecord, value?: Buffer) => ask(askToRedrive(letter, value));
  /** What it has told. */
  const told = () => broker.sent(asking.Open).map(({ data: { door } }) => door);
  const ownDeadLetters = () => broker.deadLetters(asking.group, asking.events);

  let offset = 0n;
  const letter = (partition = 0, key: Buffer | null = BINARY) => {
    const headers = [
      ['ce_type', Buffer.from('Rung')],
      ['twice', BINARY],
      ['twice', null],
    ] as const;
    return letterOf(failed, { partition, offset: offset++ }, { key, headers });
  };
  const written = (made: OutgoingRecord = letter()) => {
    broker.cluster.broker.append(made);
    return made;
  };
  const copiesOf = async (made: OutgoingRecord, topic = redriveTopic(failed.group, failed.events)) => {
    const { id } = failureIn(made);
    const all = await readAll(broker.cluster.log, topic);
    return all.filter(({ headers }) => header(headers, FAILURE.id) === id);
  };

  it('gives dead letters of several partitions back byte for byte, and tells that they were sent', async () => {
    await onBrokerWith(PARTITIONS);
    const letters = [0, 1, 2, 1].map((partition) => written(letter(partition)));
    for (const made of letters) await redrive(made);
    await start();
    await broker.idle();
    for (const made of letters) {
      const [copy, ...others] = await copiesOf(made);
      expect(others).toEqual([]);
      expect(copy?.partition).toBe(made.partition);
      expect(originalOf(there(copy))).toEqual(originalOf(made as ConsumedRecord));
      const { since, ...after } = failureIn(there(copy));
      const { since: _, ...then } = failureIn(made);
      expect(after).toEqual({ ...then, redrives: 1 });
      expect(since).toBeGreaterThanOrEqual(failureIn(made).last.at);
    }
    expect(told().toSorted()).toEqual(letters.map((made) => `sent/${failureIn(made).id}`).toSorted());
  });

  it('puts an edited value in the place of the one that failed', async () => {
    const made = written();
    await redrive(made, Buffer.from('edited'));
    await start();
    await broker.idle();
    const [copy] = await copiesOf(made);
    expect(copy?.value?.toString()).toBe('edited');
    expect(copy?.headers.slice(0, 3)).toEqual(made.headers.slice(0, 3));
  });

  it('gives commands back on their own topic', async () => {
    await onBrokerWith(1, 'decider');
    const made = written();
    await redrive(made);
    await start();
    await broker.idle();
    expect(await copiesOf(made, failed.events)).toHaveLength(1);
    const names = [...broker.cluster.broker.topics.all()].map(({ topic }) => topic);
    expect(names).not.toContain(redriveTopic(failed.group, failed.events));
    expect(told()).toEqual([`sent/${failureIn(made).id}`]);
  });

  it('lets go what is parked behind a dead letter that was discarded, with the key as it was', async () => {
    await onBrokerWith(PARTITIONS);
    const made = letter(2);
    const { id: deadLetterId, group } = failureIn(made);
    const released = { deadLetterId, group, topic: failed.events, partition: 2, key: keyText(BINARY) };
    await ask(askToRelease(released));
    await start();
    await broker.idle();
    expect(await copiesOf(made)).toMatchObject([{ partition: 2, key: BINARY, value: null }]);
    expect(header(there((await copiesOf(made))[0]).headers, FAILURE.discarded)).toBe('true');
  });

  it('tells that a dead letter is nowhere, and goes on (its redrive stayed requested)', async () => {
    const lost = letter();
    await redrive(lost);
    const made = written();
    await redrive(made);
    await start();
    await broker.idle();
    expect(told()).toEqual([`record-missing/${failureIn(lost).id}`, `sent/${failureIn(made).id}`]);
    expect([ownDeadLetters(), await copiesOf(lost)]).toEqual([[], []]);
    expect(await copiesOf(made)).toHaveLength(1);
  });

  it('leaves out what is not needed where there is no room, and tells when there is none at all (one copy stopped all)', async () => {
    const [stacked, short] = [written(), written()];
    const taking = (maxMessageBytes: number) => (catalogue: Catalogue) => ({
      ...catalogue,
      topics: catalogue.topics.map((topic) =>
        topic.name === redriveTopic(failed.group, failed.events) ? { ...topic, maxMessageBytes } : topic,
      ),
    });
    for (const made of [stacked, short]) await redrive(made);
    const redriver = await start(undefined, taking(sizeAlone(stacked) - 1));
    await broker.idle();
    expect(told()).toHaveLength(2);
    const [copy] = await copiesOf(stacked);
    expect(originalOf(there(copy))).toEqual(originalOf(stacked as ConsumedRecord));
    expect(failureIn(there(copy))).toMatchObject({ history: [], last: { message: 'never', stack: '' } });
    await redriver.stop();

    await redrive(stacked);
    await start(undefined, taking(100));
    await broker.idle();
    expect(told().slice(2)).toEqual([`too-large/${failureIn(stacked).id}`]);
  });

  it('gives no batch back that could not be read: there is no record in it', async () => {
    const made = letter();
    await redrive(written({ ...made, headers: [...made.headers, [FAILURE.lastOffset, Buffer.from('9')]] }));
    await start();
    await broker.idle();
    expect(told()).toEqual([`unreadable-batch/${failureIn(made).id}`]);
    expect(await copiesOf(made)).toEqual([]);
  });

  it('tells that nobody knows the group', async () => {
    const made = written();
    await redrive(made);
    await start(undefined, ({ groups, ...catalogue }) => ({
      ...catalogue,
      groups: groups.filter(({ group }) => group !== failed.group),
    }));
    await broker.idle();
    expect(told()).toEqual([`unknown-group/${failureIn(made).id}`]);
  });

  it('waits for a dead letter that somebody’s open transaction hides', async () => {
    const made = letter();
    const { commit } = await openTransaction(broker.cluster, [made]);
    await redrive(made);
    const redriver = await start();
    const reasons = () => [...redriver.status.workers.values()].map(({ reason }) => reason);
    await until(() => reasons().some((reason) => reason?.includes('A transaction is open') === true));
    expect([told(), ownDeadLetters()]).toEqual([[], []]);
    await commit();
    await broker.idle();
    expect(told()).toHaveLength(1);
    expect(await copiesOf(made)).toHaveLength(1);
  });

  describe.each(TRANSACTION_FAILPOINTS)('that breaks off %s', (moment) => {
    it('gives each dead letter back once', async () => {
      await onBrokerWith(PARTITIONS);
      const letters = [0, 1, 2].map((partition) => written(letter(partition)));
      for (const made of letters) await redrive(made);
      let broken = false;
      await start(async (name) => {
        if (name !== moment || broken) return;
        broken = true;
        throw new Error(`broke off ${moment}`);
      });
      await broker.idle();
      expect(broken).toBe(true);
      for (const made of letters) expect(await copiesOf(made)).toHaveLength(1);
      expect(told()).toHaveLength(3);
    });

    it('because it was killed gives each dead letter back once', async () => {
      const letters: OutgoingRecord[] = [];
      for (let kills = 0; kills < 2; kills++) {
        for (let n = 0; n < 12; n++) {
          letters.push(written());
          await redrive(there(letters.at(-1)));
        }
        let killed = false;
        const life: GroupUnderTest = await start(async (name) => {
          if (name !== moment) return;
          killed = true;
          life.kill();
        });
        await until(() => killed);
      }
      await start();
      await broker.idle();
      const ids = letters.map((made) => failureIn(made).id);
      expect(told()).toEqual(ids.map((id) => `sent/${id}`));
      const copies = await readAll(broker.cluster.log, redriveTopic(failed.group, failed.events));
      expect(copies.map((copy) => failureIn(copy).id)).toEqual(ids);
    });
  });
});
