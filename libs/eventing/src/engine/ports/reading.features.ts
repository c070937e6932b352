import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Log } from '../../log/log.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { record, scratchName } from '../../../fixtures/scratch-broker.ts';

const signal = AbortSignal.timeout(600_000);

/** What the engine relies on in a log whose records are read, whatever the cluster is. */
export function readingContract(start: () => Promise<ClusterUnderTest>): void {
  describe('a log', () => {
    let under: ClusterUnderTest;
    let log: Log;
    beforeAll(async () => {
      under = await start();
      log = under.cluster.log;
    });
    afterAll(() => under.close());

    describe('is read', () => {
      it('from the first offset up to the second, which may stand anywhere', async () => {
        const topic = await written('a', 'b', 'c', 'd');
        expect(await chunks(topic, 1n, 3n)).toEqual({ values: ['b', 'c'], offsets: [1n, 2n], end: 3n });
        expect(await chunks(topic, 3n, 3n)).toEqual({ values: [], offsets: [], end: undefined });
        expect(await chunks(topic, 0n, 4n)).toMatchObject({ values: ['a', 'b', 'c', 'd'] });
      });

      it('with everything that a record has', async () => {
        const topic = await under.topic();
        const headers = [
          ['name', Buffer.from('x')],
          ['name', null],
          ['Zoë', Buffer.alloc(0)],
        ] as const;
        const before = Date.now();
        await append({ topic, partition: 0, key: null, value: null, headers });
        const writer = await transaction();
        await writer.write({
          topic,
          partition: 0,
          key: Buffer.from('k'),
          value: Buffer.from('v'),
          headers: [],
        });
        await writer.end('committed');
        const { records } = await collected(topic, 0n, await wholeEnd(log, topic, 0, signal));
        const [plain, owned] = records;
        expect(plain).toMatchObject({ topic, partition: 0, offset: 0n, key: null, value: null, headers });
        expect(plain?.timestamp).toBeGreaterThanOrEqual(before);
        expect(plain?.producerId).toBeUndefined();
        expect(owned).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('v'), headers: [] });
        expect(typeof owned?.producerId).toBe('bigint');
        // A copy of it is nobody's.
        await append(owned as ConsumedRecord);
        const end = await log.end(topic, 0);
        expect((await collected(topic, end - 1n, end)).records[0]?.producerId).toBeUndefined();
      });

      it('without what was aborted, and without markers: both leave gaps, and the end is reached all the same', async () => {
        const topic = await under.topic();
        const [aborted, committed] = [await transaction(), await transaction()];
        await aborted.write(record(topic, 'aborted'));
        await committed.write(record(topic, 'kept'));
        await aborted.write(record(topic, 'aborted, too'));
        await append(record(topic, 'plain'));
        await aborted.end('aborted');
        await committed.end('committed');
        const end = await wholeEnd(log, topic, 0, signal);
        expect(await chunks(topic, 0n, end)).toEqual({
          values: ['kept', 'plain'],
          offsets: [1n, 3n],
          end: 6n,
        });
        // From within the aborted transaction, and from a marker on.
        expect(await chunks(topic, 2n, end)).toEqual({ values: ['plain'], offsets: [3n], end: 6n });
        expect(await chunks(topic, 4n, end)).toEqual({ values: [], offsets: [], end: 6n });
      });

      it('up to what is open, and waits for that: also for what was not written yet', async () => {
        const topic = await written('a');
        const open = await transaction();
        await open.write(record(topic, 'open'));
        let read: unknown;
        const reading = chunks(topic, 0n, 4n).then((found) => (read = found));
        expect(await first(topic)).toEqual(['a']);
        await open.end('committed');
        await wholeEnd(log, topic, 0, signal);
        expect(read).toBeUndefined();
        await append(record(topic, 'last'));
        expect(await reading).toEqual({ values: ['a', 'open', 'last'], offsets: [0n, 1n, 3n], end: 4n });
      });

      it('until the signal ends it', async () => {
        const topic = await under.topic();
        const giveUp = new AbortController();
        const reading = chunks(topic, 0n, 1n, giveUp.signal);
        giveUp.abort(new Error('gave up'));
        await expect(reading).rejects.toThrow();
      });
    });

    describe('tells what stands at an offset', () => {
      it('once its transaction has ended, and how: nothing where a marker is, or nothing yet', async () => {
        const topic = await under.topic();
        const [aborted, committed] = [await transaction(), await transaction()];
        await aborted.write(record(topic, 'aborted'));
        await committed.write(record(topic, 'kept'));
        await aborted.end('aborted');
        await committed.end('committed');
        await wholeEnd(log, topic, 0, signal);
        expect(await standing(topic, 0n)).toEqual(['aborted', true]);
        expect(await standing(topic, 1n)).toEqual(['kept', false]);
        expect([await standing(topic, 2n), await standing(topic, 4n)]).toEqual(['marker', undefined]);
      });

      it('and while that is hidden, by whom and since when', async () => {
        const topic = await under.topic();
        const name = scratchName('hiding');
        const open = await under.transactions(name);
        await open.write(record(topic, 'open'));
        await append(record(topic, 'behind'));
        for (const offset of [0n, 1n])
          await expect(standing(topic, offset)).rejects.toMatchObject({
            code: 'NOT_STABLE',
            retryable: true,
            message: expect.stringMatching(
              new RegExp(
                `\\(${name}\\) has a transaction open on ${topic}-0 since 20.*, from offset 0 on \\(2 offsets wait\\)`,
              ),
            ),
          });
        await open.end('aborted');
        await wholeEnd(log, topic, 0, signal);
        expect(await standing(topic, 0n)).toEqual(['open', true]);
      });
    });

    const append = (appended: OutgoingRecord) => under.cluster.appender().append(appended);
    const transaction = () => under.transactions(scratchName('writer'));

    async function written(...values: readonly string[]): Promise<string> {
      const topic = await under.topic();
      for (const value of values) await append(record(topic, value));
      return topic;
    }

    async function collected(topic: string, from: bigint, to: bigint, until = signal) {
      const found = [];
      for await (const chunk of log.read(topic, 0, { from, to, signal: until })) found.push(chunk);
      return { records: found.flatMap(({ records }) => records), end: found.at(-1)?.nextOffset };
    }

    async function chunks(topic: string, from: bigint, to: bigint, until = signal) {
      const { records, end } = await collected(topic, from, to, until);
      return {
        values: records.map(({ value }) => String(value)),
        offsets: records.map(({ offset }) => offset),
        end,
      };
    }

    async function first(topic: string): Promise<string[]> {
      for await (const { records } of log.read(topic, 0, { from: 0n, to: 4n, signal }))
        if (records.length > 0) return records.map(({ value }) => String(value));
      return [];
    }

    async function standing(topic: string, offset: bigint) {
      const ended = await log.endedRecordAt({ topic, partition: 0, offset }, signal);
      return ended && ended !== 'marker' ? [String(ended.record.value), ended.aborted] : ended;
    }
  });
}
