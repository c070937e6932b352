import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log/log.ts';
import { recordsAt } from '../../log/records-at.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { incompressible } from '../../../fixtures/incompressible.ts';
import { record, scratchName } from '../../../fixtures/scratch-broker.ts';

const signal = AbortSignal.timeout(600_000);
/** Who asks with it waits for nothing that may pass. */
const impatient = AbortSignal.abort(new Error('impatient'));

/** What the engine relies on in a log, whatever the cluster is. */
export function logContract(start: () => Promise<ClusterUnderTest>): void {
  describe('the log', () => {
    let under: ClusterUnderTest;
    let log: Log;
    beforeAll(async () => {
      under = await start();
      log = under.cluster.log;
    });
    afterAll(() => under.close());

    describe('knows topics', () => {
      it('by an id and the number of their partitions, in a cluster that has one name', async () => {
        const [one, other] = [await under.topic(3), await under.topic(1)];
        expect(await log.topic(one)).toEqual({ id: expect.anything(), partitions: 3 });
        expect((await log.topic(one)).id).toBe((await log.topic(one)).id);
        expect((await log.topic(one)).id).not.toBe((await log.topic(other)).id);
        expect(await log.clusterId()).toBe(await log.apart('beside').clusterId());
        // Who asks for it in each of many partitions has the connections of one.
        expect(log.apart('beside')).toBe(log.apart('beside'));
      });

      const questions: readonly (readonly [
        string,
        (topic: string, partition: number) => Promise<unknown>,
      ])[] = [
        ['start', (topic, partition) => log.start(topic, partition, impatient)],
        ['end', (topic, partition) => log.end(topic, partition, impatient)],
        ['stableEnd', (topic, partition) => log.stableEnd(topic, partition, impatient)],
        ['offsetAtTime', (topic, partition) => log.offsetAtTime(topic, partition, 0, impatient)],
        [
          'endedRecordAt',
          (topic, partition) => log.endedRecordAt({ topic, partition, offset: 0n }, impatient),
        ],
      ];
      it.each(questions)('that are not there: %s says so; a topic may still come', async (_, ask) => {
        const topic = await under.topic(1);
        const code = 'UNKNOWN_TOPIC_OR_PARTITION';
        await expect(ask(scratchName('nothing'), 0)).rejects.toMatchObject({ code, retryable: true });
        await expect(ask(topic, 1)).rejects.toMatchObject({ code, retryable: false });
      });

      it('that are not there: topic says so, and those who only read wait until they give up', async () => {
        const topic = scratchName('nothing');
        await expect(log.topic(topic)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
        const giveUp = new AbortController();
        const reading = valuesOf(topic, 0n, 1n, giveUp.signal);
        giveUp.abort(new Error('gave up'));
        await expect(reading).rejects.toThrow();
        await log.confirmLeaders([topic]);
      });
    });

    describe('has ends', () => {
      it('that are one where nothing is open', async () => {
        const topic = await written('a', 'b', 'c');
        expect(await ends(topic)).toEqual([0n, 3n, 3n]);
        expect(await ends(await under.topic())).toEqual([0n, 0n, 0n]);
      });

      it('apart while a transaction is open, until its marker is there, which has an offset of its own', async () => {
        const topic = await written('a');
        const open = await transaction();
        await open.write(record(topic, 'open'));
        await append(record(topic, 'behind'));
        expect(await ends(topic)).toEqual([0n, 1n, 3n]);
        await open.end('committed');
        expect(await wholeEnd(log, topic, 0, signal)).toBe(4n);
        expect(await ends(topic)).toEqual([0n, 4n, 4n]);
      });

      it('that are told by the oldest of several transactions, and by each partition for itself', async () => {
        const topic = await under.topic(2);
        const [first, second] = [await transaction(), await transaction()];
        await first.write(record(topic, 'first'));
        await second.write(record(topic, 'second'));
        await second.write(record(topic, 'second', 1));
        await second.end('committed');
        expect(await wholeEnd(log, topic, 1, signal)).toBe(2n);
        expect(await log.stableEnd(topic, 0)).toBe(0n);
        await first.end('aborted');
        expect(await wholeEnd(log, topic, 0, signal)).toBe(4n);
      });

      it('and a start that retention moves', async () => {
        const topic = await written('a', 'b', 'c');
        await under.trim({ topic, partition: 0, offset: 2n });
        expect(await ends(topic)).toEqual([2n, 3n, 3n]);
        expect(await valuesOf(topic, 2n, 3n)).toEqual(['c']);
        expect(await log.endedRecordAt({ topic, partition: 0, offset: 1n }, signal)).toBeUndefined();
        expect(await log.offsetAtTime(topic, 0, 0)).toBe(2n);
      });
    });

    it('gives the records at known offsets, past what was aborted and what is not wanted', async () => {
      const topic = await written('a', 'b');
      const lost = await transaction();
      await lost.write(record(topic, 'lost'));
      await lost.end('aborted');
      await wholeEnd(log, topic, 0, signal);
      await append(record(topic, 'c'));
      const found = async (...offsets: bigint[]) => {
        const values: string[] = [];
        for await (const records of recordsAt(log, { topic, partition: 0 }, offsets, signal))
          values.push(...records.map(({ value }) => String(value)));
        return values;
      };
      expect(await found(0n, 4n)).toEqual(['a', 'c']);
      expect(await found(1n)).toEqual(['b']);
      await expect(found(0n, 2n, 4n)).rejects.toMatchObject({ code: 'RECORD_MISSING' });
    });

    it('finds an offset by time, whoever may see what stands there', async () => {
      const topic = await under.topic();
      expect(await log.offsetAtTime(topic, 0, 0)).toBe(0n);
      const begun = Date.now();
      const open = await transaction();
      await open.write(record(topic, 'open'));
      expect(await log.offsetAtTime(topic, 0, begun)).toBe(0n);
      await nextMillisecond();
      const between = Date.now();
      await append(record(topic, 'later'));
      expect(await log.offsetAtTime(topic, 0, between)).toBe(1n);
      expect(await log.offsetAtTime(topic, 0, -5)).toBe(0n);
      await nextMillisecond();
      const ending = Date.now();
      await open.end('aborted');
      await wholeEnd(log, topic, 0, signal);
      // A marker has a time, too.
      expect(await log.offsetAtTime(topic, 0, ending)).toBe(2n);
      expect(await log.offsetAtTime(topic, 0, Date.now() + 60_000)).toBe(3n);
    });

    it('begins behind what is open, where retention has taken that: nothing is stable before its marker comes', async () => {
      const topic = await under.topic();
      const open = await transaction();
      await open.write(record(topic, 'taken'));
      await append(record(topic, 'behind'));
      await under.trim({ topic, partition: 0, offset: 1n });
      expect(await ends(topic)).toEqual([1n, 1n, 2n]);
      await open.end('aborted');
      expect(await wholeEnd(log, topic, 0, signal)).toBe(3n);
      expect(await valuesOf(topic, 1n, 3n)).toEqual(['behind']);
    });

    describe('keeps positions', () => {
      it('with their text; one that was never committed is -1', async () => {
        const topic = await under.topic();
        const group = await under.group(topic);
        expect(await log.position(group, topic, 0)).toEqual({ offset: 0n, metadata: '' });
        expect(await log.position(group, scratchName('nothing'), 0)).toEqual({ offset: -1n, metadata: '' });
        expect(await log.position(scratchName('nobody'), topic, 0)).toEqual({ offset: -1n, metadata: '' });
        const writer = await transaction();
        await writer.commitPosition({ ...at(group, topic, 7n), metadata: 'witness ☂' });
        await writer.end('committed');
        expect(await log.position(group, topic, 0)).toEqual({ offset: 7n, metadata: 'witness ☂' });
      });

      it('of which the last one counts, also where a transaction that had begun before ends after it', async () => {
        const topic = await under.topic();
        const group = await under.group(topic);
        const writer = await transaction();
        await writer.commitPosition(at(group, topic, 7n));
        await under.cluster.commit({ ...at(group, topic, 9n), metadata: 'plain', instanceId: undefined });
        await writer.end('committed');
        expect(await log.position(group, topic, 0)).toEqual({ offset: 9n, metadata: 'plain' });
      });

      it('and who asks while one is being changed waits for it, beside a partition that is not', async () => {
        const topic = await under.topic(2);
        const group = await under.group(topic);
        const writer = await transaction();
        await writer.commitPosition(at(group, topic, 7n));
        let found: unknown;
        const asked = log.position(group, topic, 0).then((position) => (found = position));
        expect(await log.position(group, topic, 1)).toMatchObject({ offset: 0n });
        expect(found).toBeUndefined();
        await writer.end('aborted');
        expect(await asked).toEqual({ offset: 0n, metadata: '' });
      });
    });

    it('takes what is appended in one go in its order', async () => {
      const topic = await under.topic();
      const appender = under.cluster.appender();
      const values = ['a', 'b', 'c', 'd'];
      const offsets = await Promise.all(values.map((value) => appender.append(record(topic, value))));
      expect(offsets).toEqual([0n, 1n, 2n, 3n]);
      expect(await valuesOf(topic, 0n, 4n)).toEqual(values);
    });

    it('says what a record takes, so that one which is small enough is taken', async () => {
      const topic = await under.topic();
      const limit = 1_048_588;
      const filled = (bytes: number) => ({ ...record(topic, ''), value: incompressible(bytes) });
      const value = limit - (log.sizeOf(filled(limit)) - limit);
      expect(limit - log.sizeOf(filled(value))).toBeLessThan(10);
      await append(filled(value));
      const larger = filled(value + 200);
      expect(log.sizeOf(larger)).toBeGreaterThan(limit);
      await expect(append(larger)).rejects.toMatchObject({
        code: 'MESSAGE_TOO_LARGE',
        topic,
        retryable: false,
      });
    });

    const append = (appended: OutgoingRecord) => under.cluster.appender().append(appended);
    const transaction = () => under.transactions(scratchName('writer'));
    const at = (group: string, topic: string, offset: bigint) => ({
      group,
      topic,
      partition: 0,
      offset,
      memberId: '',
      generation: -1,
    });

    async function written(...values: readonly string[]): Promise<string> {
      const topic = await under.topic();
      for (const value of values) await append(record(topic, value));
      return topic;
    }

    /** Start, stable end and end of partition 0. */
    const ends = (topic: string) =>
      Promise.all([log.start(topic, 0), log.stableEnd(topic, 0), log.end(topic, 0)]);

    async function valuesOf(topic: string, from: bigint, to: bigint, until = signal): Promise<string[]> {
      const values: string[] = [];
      for await (const { records } of log.read(topic, 0, { from, to, signal: until }))
        values.push(...records.map(({ value }) => String(value)));
      return values;
    }
  });
}

async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() <= now;) await sleep(1);
}
