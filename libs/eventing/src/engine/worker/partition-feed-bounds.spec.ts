import { describe, expect, it } from '@jest/globals';
import { weightOf } from './held-records.ts';
import { MemoryBudget } from './memory-budget.ts';
import { PartitionFeed } from './partition-feed.ts';
import type { ConsumedRecord } from '../../log/record.ts';

const never = new AbortController().signal;

const record = (offset: number, bytes: number): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers: [],
});

/** Records from an offset on, as one fetch brings them. */
function fetched(from: number, count: number, bytes: number) {
  return {
    topic: 't',
    partition: 0,
    errorCode: 0,
    highWatermark: 0n,
    lastStableOffset: 0n,
    at: 0,
    logStartOffset: 0n,
    records: Array.from({ length: count }, (_, index) => record(from + index, bytes)),
    nextOffset: BigInt(from + count),
  };
}

const WEIGHT = weightOf(record(0, 1_000));

function feedOf(limit: number, byteLimit: number, budget = new MemoryBudget()) {
  const feed = new PartitionFeed('t', 0, limit, byteLimit);
  let asked = 0;
  feed.onWanted({ want: () => asked++, budget });
  feed.seek(0n);
  return { feed, budget, asked: () => asked };
}

describe('the bounds of a partition feed', () => {
  it('leave room for fewer bytes than may be held', () => {
    const { feed } = feedOf(1_000_000, 10 * WEIGHT);
    feed.push(fetched(0, 4, 1_000));
    expect(feed.room).toBe(6 * WEIGHT);
  });

  it('leave room for as many records as are missing, of the size of the last ones', () => {
    const { feed } = feedOf(100, 100 * 1024 * 1024);
    feed.push(fetched(0, 40, 1_000));
    expect(feed.room).toBe(60_000);
  });

  it.each([
    ['bytes', 1_000, 10 * WEIGHT],
    ['records', 10, 1_000 * WEIGHT],
  ])('end the fetching when more than half of the %s is held', async (_, limit, byteLimit) => {
    const { feed } = feedOf(limit, byteLimit);
    feed.push(fetched(0, 5, 1_000));
    expect(feed.wanted).toBe(true);
    feed.push(fetched(5, 1, 1_000));
    expect(feed.wanted).toBe(false);
  });

  it('count what is in the hands of a handler, until it comes for the next', async () => {
    const { feed, budget, asked } = feedOf(1_000, 4 * WEIGHT);
    feed.push(fetched(0, 3, 1_000));
    const before = asked();
    await feed.next(2, never);
    expect([feed.weight, budget.used]).toEqual([3 * WEIGHT, 3 * WEIGHT]);
    expect(feed.wanted).toBe(false);
    await feed.next(2, never);
    expect([feed.weight, budget.used]).toEqual([WEIGHT, WEIGHT]);
    expect([feed.wanted, asked()]).toEqual([true, before + 1]);
  });

  it('give a batch of no more than half the bytes', async () => {
    const { feed } = feedOf(1_000, 10 * WEIGHT);
    feed.push(fetched(0, 10, 1_000));
    expect((await feed.next(500, never)).records).toHaveLength(5);
    expect((await feed.next(500, never)).nextOffset).toBe(10n);
  });

  it('let a single record pass that is larger than they are', async () => {
    const { feed, budget } = feedOf(1_000, 1_000);
    feed.push(fetched(0, 1, 50_000));
    expect(feed.wanted).toBe(false);
    expect((await feed.next(500, never)).records).toHaveLength(1);
    const next = feed.next(500, never);
    expect(feed.wanted).toBe(true);
    feed.push(fetched(1, 1, 50_000));
    expect((await next).records).toMatchObject([{ offset: 1n }]);
    feed.pause();
    expect([feed.weight, budget.used]).toEqual([0, 0]);
  });

  it('ask for more when nothing is held any more, though there was room all along (one had starved behind others)', async () => {
    const { feed, asked } = feedOf(1_000, 100 * WEIGHT);
    feed.push(fetched(0, 1, 1_000));
    expect(feed.wanted).toBe(true);
    await feed.next(500, never);
    const before = asked();
    void feed.arrived(never).catch(() => undefined);
    expect([feed.weight, asked()]).toEqual([0, before + 1]);
  });

  it('count what was put back, once', async () => {
    const { feed, budget } = feedOf(1_000, 100 * WEIGHT);
    feed.push(fetched(0, 5, 1_000));
    const { records } = await feed.next(4, never);
    feed.putBack(records.slice(1));
    await feed.arrived(never);
    expect([feed.waiting, feed.weight, budget.used]).toEqual([4, 4 * WEIGHT, 4 * WEIGHT]);
  });
});
