import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError } from '../client/errors.ts';
import { Fetcher } from './fetcher.ts';
import type { Exchange } from '../client/kafkajs.ts';
import { Reader } from '../wire/reader.ts';
import { PartitionFeed } from '../../engine/worker/partition-feed.ts';

let finish: () => Promise<void>;
/** Time is made to pass here; what the fetcher waits for is not. */
const doNotFake = ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] as const;
beforeEach(() => void jest.useFakeTimers({ doNotFake: [...doNotFake] }));
afterEach(async () => {
  jest.useRealTimers();
  await finish();
});

const NOT_LEADER = 6;

/** The topics that a fetch asks for. */
function topicsIn(request: Buffer): string[] {
  const reader = new Reader(request);
  reader.raw(25);
  return reader.array(() => {
    const topic = reader.string() ?? '';
    reader.array(() => reader.raw(28));
    return topic;
  });
}

/** Milliseconds for which the broker may hold a fetch. */
const holdOf = (request: Buffer) => request.readInt32BE(4);

const consumed = (topic: string, offset: bigint) => ({
  topic,
  partition: 0,
  offset,
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});

const gone = new KafkaError('CONNECTION', 'the broker is gone', { retryable: true });

/** A fetcher with one feed, whose request is under way until it is failed. */
async function asking() {
  const request = Promise.withResolvers<never>();
  const client = {
    leadership: () => Promise.resolve({ nodeId: 1, epoch: 0 }),
    exchange: () => request.promise,
    forget: () => undefined,
  };
  const fetcher = new Fetcher(client as unknown as KafkaClient);
  const feed = new PartitionFeed('orders', 0);
  feed.seek(0n);
  fetcher.add(feed);
  await jest.advanceTimersByTimeAsync(10);
  finish = () => {
    fetcher.remove(feed);
    return fetcher.close();
  };
  return { fetcher, feed, fail: () => request.reject(gone) };
}

describe('a fetcher', () => {
  it('says which partition could not be fetched for some time', async () => {
    const { fetcher, fail } = await asking();
    fail();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(fetcher.trouble).toBeUndefined();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(fetcher.trouble).toBe('orders-0 cannot be fetched: the broker is gone');
  });

  it('believes that an offset is not there only when it stays so (a broker that was paused took itself for the leader)', async () => {
    const part = { topic: 'orders', partition: 0, records: [], nextOffset: 7n };
    const ends = { highWatermark: -1n, lastStableOffset: -1n, logStartOffset: -1n };
    const client = {
      leadership: () => Promise.resolve({ nodeId: 1, epoch: 0 }),
      exchange: () => Promise.resolve([{ ...part, ...ends, errorCode: 1 }]),
      confirmLeaders: jest.fn(() => Promise.resolve()),
    };
    const fetcher = new Fetcher(client as unknown as KafkaClient);
    const feed = new PartitionFeed('orders', 0);
    feed.seek(7n);
    fetcher.add(feed);
    finish = () => fetcher.close();
    let failure: Error | undefined;
    feed.next(1, new AbortController().signal).catch((error: Error) => (failure = error));
    const asksAgain = async () => {
      const asked = client.confirmLeaders.mock.calls.length;
      while (client.confirmLeaders.mock.calls.length < asked + 2 && !failure) await sleep(5);
    };
    await asksAgain();
    await jest.advanceTimersByTimeAsync(10_000);
    await asksAgain();
    expect(failure).toBeUndefined();
    await jest.advanceTimersByTimeAsync(10_000);
    await asksAgain();
    expect(failure?.message).toContain('does not hold offset 7');
  });

  it('leaves a partition alone for a while whose leader refuses it, and goes on with the others (it was asked 25 times a second)', async () => {
    const asked = new Map<string, number>();
    const client = {
      leadership: () => Promise.resolve({ nodeId: 1, epoch: 0 }),
      exchange: async (_: number, { request }: Exchange) => {
        await sleep(1);
        return topicsIn((await request.encode()).buf).map((topic) => {
          asked.set(topic, (asked.get(topic) ?? 0) + 1);
          const ends = { highWatermark: 0n, lastStableOffset: 0n, logStartOffset: 0n };
          const errorCode = topic === 'refused' ? NOT_LEADER : 0;
          return { topic, partition: 0, records: [], nextOffset: 0n, errorCode, ...ends };
        });
      },
      forget: () => undefined,
    };
    jest.useRealTimers();
    const fetcher = new Fetcher(client as unknown as KafkaClient);
    finish = () => fetcher.close();
    for (const topic of ['refused', 'served']) {
      const feed = new PartitionFeed(topic, 0);
      feed.seek(0n);
      fetcher.add(feed);
    }
    while ((asked.get('served') ?? 0) < 50) await sleep(5);
    expect(asked.get('refused')).toBeLessThan(20);
  });

  it('has a fetch held briefly while it leaves out a partition that will soon want more (a backlog beside quiet partitions was read every 450 ms)', async () => {
    const asked: { topics: string[]; holdMs: number }[] = [];
    let release = Promise.withResolvers<void>();
    const client = {
      leadership: () => Promise.resolve({ nodeId: 1, epoch: 0 }),
      exchange: async (_: number, { request }: Exchange) => {
        const bytes = (await request.encode()).buf;
        asked.push({ topics: topicsIn(bytes), holdMs: holdOf(bytes) });
        await release.promise;
        release = Promise.withResolvers<void>();
        return [];
      },
    };
    jest.useRealTimers();
    const fetcher = new Fetcher(client as unknown as KafkaClient);
    finish = () => {
      fetcher.remove(busy);
      fetcher.remove(quiet);
      release.resolve();
      return fetcher.close();
    };
    const [busy, quiet] = ['busy', 'quiet'].map((topic) => new PartitionFeed(topic, 0, 2)) as [
      PartitionFeed,
      PartitionFeed,
    ];
    for (const feed of [busy, quiet]) feed.seek(0n);
    for (const feed of [busy, quiet]) fetcher.add(feed);
    while (asked.length < 1) await sleep(1);
    busy.push({
      records: [0n, 1n].map((offset) => consumed('busy', offset)),
      nextOffset: 2n,
      highWatermark: 2n,
      lastStableOffset: 2n,
      at: 0,
    });
    release.resolve();
    while (asked.length < 2) await sleep(1);
    await busy.next(2, new AbortController().signal);
    busy.letGo();
    release.resolve();
    while (asked.length < 3) await sleep(1);
    // The first may have begun before both were there.
    expect(asked.slice(1)).toEqual([
      { topics: ['quiet'], holdMs: 50 },
      { topics: ['busy', 'quiet'], holdMs: 450 },
    ]);
  });

  it('looks all partitions up at once, and forgets leaders once (one without a leader had the others looked up anew, one by one)', async () => {
    let [underWay, most, forgotten] = [0, 0, 0];
    const request = Promise.withResolvers<never>();
    const asked = Promise.withResolvers<void>();
    const client = {
      leadership: async (topic: string) => {
        most = Math.max(most, ++underWay);
        await sleep(1);
        underWay--;
        if (topic === 'orders') return { nodeId: 1, epoch: 0 };
        throw new KafkaError('LEADER_NOT_AVAILABLE', 'nobody leads', { retryable: true });
      },
      exchange: () => (asked.resolve(), request.promise),
      forget: () => void forgotten++,
    };
    const fetcher = new Fetcher(client as unknown as KafkaClient);
    const feeds = ['orders', 'gone', 'lost', 'moved'].map((topic) => new PartitionFeed(topic, 0));
    for (const feed of feeds) feed.seek(0n);
    const [first, ...others] = feeds as [PartitionFeed, ...PartitionFeed[]];
    finish = () => {
      for (const feed of feeds) fetcher.remove(feed);
      request.reject(gone);
      return fetcher.close();
    };
    fetcher.add(first);
    await asked.promise;
    for (const feed of others) fetcher.add(feed);
    while (forgotten === 0) await sleep(1);
    expect(most).toBeGreaterThanOrEqual(3);
    expect(forgotten).toBe(1);
  });

  it('misses nothing of a partition that was given up while it was asked for', async () => {
    const { fetcher, feed, fail } = await asking();
    fetcher.remove(feed);
    fail();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(fetcher.trouble).toBeUndefined();
  });
});
