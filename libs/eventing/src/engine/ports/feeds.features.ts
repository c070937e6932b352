import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { ClusterUnderTest } from '../../../fixtures/cluster-under-test.ts';
import { record, scratchName, until } from '../../../fixtures/scratch-broker.ts';
import type { Feeds } from './feeds.ts';
import { weightOf } from '../worker/held-records.ts';
import { MemoryBudget } from '../worker/memory-budget.ts';
import { PartitionFeed } from '../worker/partition-feed.ts';

const signal = AbortSignal.timeout(600_000);

/** What the engine relies on in what brings records, whatever the cluster is. */
export function feedsContract(start: () => Promise<ClusterUnderTest>): void {
  describe('feeds', () => {
    let under: ClusterUnderTest;
    beforeAll(async () => {
      under = await start();
    });
    const opened: Feeds[] = [];
    afterEach(() => Promise.all(opened.splice(0).map((feeds) => feeds.close())));
    afterAll(() => under.close());

    it('bring what is committed, in order, from where they are told to, and what comes later', async () => {
      const topic = await written('a', 'b', 'c');
      const feed = fed(topic, { from: 1n });
      expect(await taken(feed, 2)).toEqual(['b', 'c']);
      await append(topic, 'd');
      expect(await taken(feed, 1)).toEqual(['d']);
      expect(feed.position).toBe(4n);
    });

    it('bring each partition its own, of one that waits and one that does not', async () => {
      const topic = await under.topic(3);
      const feeds = open();
      const [first, second, third] = [0, 1, 2].map((partition) => fed(topic, { partition, feeds }));
      for (const value of ['a', 'b', 'c']) {
        await append(topic, `${value}0`, 0);
        await append(topic, `${value}2`, 2);
      }
      expect(await taken(third, 3)).toEqual(['a2', 'b2', 'c2']);
      expect(await taken(first, 3)).toEqual(['a0', 'b0', 'c0']);
      expect([second?.waiting, second?.position]).toEqual([0, 0n]);
    });

    it('keep back what is open and everything behind it, and tell since when: all of it comes with the marker', async () => {
      const topic = await written('a');
      const writer = await transaction();
      await writer.write(record(topic, 'open'));
      await append(topic, 'behind');
      const feed = fed(topic);
      expect(await taken(feed, 1)).toEqual(['a']);
      await until(() => feed.heldBack !== undefined);
      expect(feed.heldBack).toMatchObject({ topic, partition: 0, offset: 1n, highWatermark: 3n });
      expect(feed.heldBack?.forMs).toBeGreaterThanOrEqual(0);
      const before = feed.heldBack?.forMs ?? 0;
      await until(() => (feed.heldBack?.forMs ?? 0) > before);
      await append(topic, 'more');
      await until(() => feed.heldBack?.highWatermark === 4n);
      expect(feed.waiting).toBe(0);
      await writer.end('committed');
      expect(await taken(feed, 3)).toEqual(['open', 'behind', 'more']);
      await until(() => feed.position === 5n);
      expect([feed.heldBack, feed.stableEnd]).toEqual([undefined, 5n]);
    });

    it('are held back from the start where nothing else stands, and no more once they are paused', async () => {
      const topic = await under.topic();
      const writer = await transaction();
      await writer.write(record(topic, 'open'));
      const feed = fed(topic);
      await until(() => feed.heldBack !== undefined);
      expect(feed.heldBack).toMatchObject({ offset: 0n, highWatermark: 1n });
      feed.pause();
      expect(feed.heldBack).toBeUndefined();
      await writer.end('aborted');
    });

    it('begin to count anew when the next transaction is the one that holds them back', async () => {
      const topic = await under.topic();
      const [first, second] = [await transaction(), await transaction()];
      await first.write(record(topic, 'first'));
      await second.write(record(topic, 'second'));
      const feed = fed(topic);
      await until(() => (feed.heldBack?.forMs ?? 0) > 0);
      await first.end('committed');
      expect(await taken(feed, 1)).toEqual(['first']);
      await until(() => feed.heldBack?.offset === 1n);
      await second.end('aborted');
      await until(() => feed.position === 4n);
      expect(feed.heldBack).toBeUndefined();
    });

    it('give nothing of what was aborted, and go past it', async () => {
      const topic = await under.topic();
      const [aborted, committed] = [await transaction(), await transaction()];
      await aborted.write(record(topic, 'aborted'));
      await committed.write(record(topic, 'kept'));
      await aborted.write(record(topic, 'aborted, too'));
      await committed.end('committed');
      await aborted.end('aborted');
      const end = await wholeEnd(under.cluster.log, topic, 0, signal);
      const feed = fed(topic);
      expect(await taken(feed, 1)).toEqual(['kept']);
      await until(() => feed.position === end);
      // From within the transaction that was aborted.
      const within = fed(topic, { from: 2n });
      expect(await within.next(500, signal)).toEqual({ records: [], nextOffset: end });
    });

    it('drop what is held at a seek, and begin there; a paused one gets nothing until then', async () => {
      const topic = await written('a', 'b', 'c');
      const feed = fed(topic);
      await until(() => feed.waiting === 3);
      feed.seek(2n);
      expect(feed.waiting).toBe(0);
      expect(await taken(feed, 1)).toEqual(['c']);
      feed.pause();
      await append(topic, 'd');
      const beside = fed(topic, { from: 3n });
      expect(await taken(beside, 1)).toEqual(['d']);
      expect([feed.waiting, feed.weight]).toEqual([0, 0]);
      feed.seek(0n);
      expect(await taken(feed, 4)).toEqual(['a', 'b', 'c', 'd']);
    });

    it('bring nothing to one that was given up while it was asked for, and go on with the others', async () => {
      const topic = await under.topic(2);
      const feeds = open();
      const [given, kept] = [fed(topic, { feeds }), fed(topic, { partition: 1, feeds })];
      feeds.remove(given);
      await append(topic, 'given up');
      await append(topic, 'kept', 1);
      expect(await taken(kept, 1)).toEqual(['kept']);
      expect([given.waiting, given.position, feeds.trouble]).toEqual([0, 0n, undefined]);
      feeds.add(given);
      given.seek(0n);
      expect(await taken(given, 1)).toEqual(['given up']);
    });

    it('bring nothing any more once they are closed', async () => {
      const topic = await written('a');
      const feeds = open();
      const feed = fed(topic, { feeds });
      expect(await taken(feed, 1)).toEqual(['a']);
      await feeds.close();
      await append(topic, 'b');
      expect(await taken(fed(topic), 2)).toEqual(['a', 'b']);
      expect([feed.waiting, feed.position]).toEqual([0, 1n]);
    });

    it('read ahead as far as a feed may hold, and go on when that was taken', async () => {
      const topic = await under.topic();
      const value = 'x'.repeat(1_000);
      const all = Array.from({ length: 40 }, (_, number) => `${number} ${value}`);
      for (const each of all) await append(topic, each);
      const weight = 1_400;
      const feed = fed(topic, { byteLimit: 10 * weight });
      await until(() => !feed.wanted);
      // Fetches are bounded by the bytes of the log: the objects around them come on top, and the last batch.
      expect(feed.weight).toBeLessThanOrEqual(15 * weight);
      expect(feed.position).toBeLessThan(40n);
      expect(await taken(feed, 40)).toEqual(all);
    });

    it('share a budget: where it is used up, only those who hold nothing are brought more', async () => {
      const topic = await under.topic(2);
      const budget = new MemoryBudget(20_000);
      const feeds = open(budget);
      for (const partition of [0, 1])
        for (let number = 0; number < 20; number++)
          await append(topic, `${number}${'x'.repeat(10_000)}`, partition);
      const both = [0, 1].map((partition) => fed(topic, { partition, feeds, byteLimit: 10_000_000 }));
      await until(() => both.every(({ waiting }) => waiting > 0));
      expect(both.every(({ position }) => position < 20n)).toBe(true);
      expect(feeds.bufferedBytes).toBe(both.reduce((sum, { weight }) => sum + weight, 0));
      // One that was served goes on, although the other keeps all that it has.
      expect(await taken(both[0], 20)).toHaveLength(20);
      expect(await taken(both[1], 20)).toHaveLength(20);
      for (const feed of both) feeds.remove(feed);
      await until(() => budget.used === 0);
    });

    it('bring one that is larger than all bounds alone', async () => {
      const topic = await written('x'.repeat(200_000), 'y');
      const feed = fed(topic, { byteLimit: 1_000 });
      await until(() => feed.waiting > 0);
      expect(feed.weight).toBe(weightOf((await feed.next(1, signal)).records[0] as never));
      expect(await taken(feed, 1)).toEqual(['y']);
    });

    const append = (topic: string, value: string, partition = 0) =>
      under.cluster.appender().append(record(topic, value, partition));
    const transaction = () => under.transactions(scratchName('writer'));

    async function written(...values: readonly string[]): Promise<string> {
      const topic = await under.topic();
      for (const value of values) await append(topic, value);
      return topic;
    }

    function open(budget?: MemoryBudget): Feeds {
      const feeds = under.cluster.feeds({ ...(budget && { budget }) });
      opened.push(feeds);
      return feeds;
    }

    function fed(
      topic: string,
      { partition = 0, from = 0n, feeds = open(), byteLimit = 4_000_000 } = {},
    ): PartitionFeed {
      const feed = new PartitionFeed(topic, partition, 2_000, byteLimit);
      feeds.add(feed);
      feed.seek(from);
      return feed;
    }

    /** Takes so many records, as a worker does. */
    async function taken(feed: PartitionFeed | undefined, count: number): Promise<string[]> {
      const values: string[] = [];
      while (feed && values.length < count) {
        const { records } = await feed.next(count - values.length, signal);
        values.push(...records.map(({ value }) => String(value)));
      }
      return values;
    }
  });
}
