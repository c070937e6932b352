import { describe, expect, it } from '@jest/globals';
import { PartitionFeed } from './partition-feed.ts';
import type { ConsumedRecord } from '../../log/record.ts';

const never = new AbortController().signal;
const record = (offset: number): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});

function fetched(offsets: readonly number[], nextOffset: number) {
  const facts = {
    topic: 't',
    partition: 0,
    errorCode: 0,
    highWatermark: 0n,
    lastStableOffset: 0n,
    at: 0,
    logStartOffset: 0n,
  };
  return { ...facts, records: offsets.map(record), nextOffset: BigInt(nextOffset) };
}

function feedFrom(offset: number, limit?: number): PartitionFeed {
  const feed = new PartitionFeed('t', 0, limit);
  feed.seek(BigInt(offset));
  return feed;
}

describe('a partition feed', () => {
  it('gives what there is, and the position after it', async () => {
    const feed = feedFrom(0);
    feed.push(fetched([0, 1, 2, 5], 8));
    expect(await feed.next(3, never)).toMatchObject({
      records: [{ offset: 0n }, { offset: 1n }, { offset: 2n }],
      nextOffset: 3n,
    });
    expect(await feed.next(3, never)).toMatchObject({ records: [{ offset: 5n }], nextOffset: 8n });
  });

  it('waits for records, and moves on past markers and aborted ones', async () => {
    const feed = feedFrom(4);
    const next = feed.next(10, never);
    feed.push(fetched([], 9));
    expect(await next).toEqual({ records: [], nextOffset: 9n });
  });

  it('gives back what was left for later', async () => {
    const feed = feedFrom(0);
    feed.push(fetched([0, 1, 2], 3));
    const { records } = await feed.next(10, never);
    feed.putBack(records.slice(1));
    expect(await feed.next(10, never)).toMatchObject({
      records: [{ offset: 1n }, { offset: 2n }],
      nextOffset: 3n,
    });
  });

  it('wants no more than its limit, until some were taken', async () => {
    const feed = feedFrom(0, 2);
    feed.push(fetched([0, 1], 2));
    expect(feed.wanted).toBe(false);
    await feed.next(1, never);
    expect(feed.wanted).toBe(true);
  });

  it('ignores what arrives while it is paused, and fails its reader with what made fetching stop', async () => {
    const feed = feedFrom(0);
    feed.pause();
    feed.push(fetched([0], 1));
    feed.seek(0n);
    const next = feed.next(1, never);
    feed.fail(new Error('out of range'));
    await expect(next).rejects.toThrow('out of range');
  });

  it('lets go of a reader whose partition is taken away', async () => {
    const stopping = new AbortController();
    const next = feedFrom(0).next(1, stopping.signal);
    stopping.abort(new Error('taken'));
    await expect(next).rejects.toThrow('taken');
  });
});
