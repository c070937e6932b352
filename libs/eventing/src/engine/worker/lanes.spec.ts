import { describe, expect, it } from '@jest/globals';
import type { Fetcher } from '../../kafka/reading/fetcher.ts';
import { type DueAt, Lanes } from './lanes.ts';
import type { PartitionFeed } from './partition-feed.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { systemClock } from '../../time/system-clock.ts';

const never = new AbortController().signal;

/** Lanes that all stand at 0, and what a fetcher would do to them. */
function lanesOf(topics: readonly string[], dueAt?: DueAt) {
  const feeds = new Map<string, PartitionFeed>();
  const fetcher = {
    add: (feed: PartitionFeed) => void feeds.set(feed.topic, feed),
    remove: (feed: PartitionFeed) => void feeds.delete(feed.topic),
  };
  const lanes = new Lanes(fetcher as unknown as Fetcher, topics, 0, systemClock, dueAt);
  const start = () => lanes.seek(new Map(topics.map((topic) => [topic, 0n])));
  start();
  const push = (topic: string, offsets: readonly number[], nextOffset = (offsets.at(-1) ?? 0) + 1) =>
    feeds.get(topic)?.push({
      highWatermark: 0n,
      lastStableOffset: 0n,
      at: 0,
      records: offsets.map((offset) => record(topic, offset)),
      nextOffset: BigInt(nextOffset),
    });
  const take = async (max = 10) => {
    const batch = await lanes.take(max, never);
    return (
      batch && `${batch.topic} ${batch.records.map(({ offset }) => offset).join(',')} < ${batch.nextOffset}`
    );
  };
  return { lanes, feeds, start, push, take, fail: (topic: string, e: Error) => feeds.get(topic)?.fail(e) };
}

function record(topic: string, offset: number): ConsumedRecord {
  return {
    topic,
    partition: 0,
    offset: BigInt(offset),
    timestamp: 0,
    key: null,
    value: null,
    headers: [],
  };
}

describe('lanes', () => {
  it('take turns, one batch at a time', async () => {
    const { push, take } = lanesOf(['redrive', 'retry', 'source']);
    push('source', [0, 1, 2, 3]);
    expect(await take(2)).toBe('source 0,1 < 2');
    push('redrive', [0, 1]);
    push('retry', [0]);
    expect(await take(1)).toBe('redrive 0 < 1');
    expect(await take(1)).toBe('retry 0 < 1');
    expect(await take(1)).toBe('source 2 < 3');
    expect(await take(1)).toBe('redrive 1 < 2');
    expect(await take(1)).toBe('source 3 < 4');
    expect(await take(1)).toBeUndefined();
  });

  it('wait until something has arrived in one of them', async () => {
    const { lanes, push, take } = lanesOf(['redrive', 'source']);
    expect(lanes.ready).toBe(false);
    const arrived = lanes.arrived(never);
    push('redrive', [0]);
    await arrived;
    expect(await take()).toBe('redrive 0 < 1');
  });

  it('move on past markers and aborted records', async () => {
    const { lanes, push, take } = lanesOf(['redrive', 'source']);
    push('source', [], 5);
    await lanes.arrived(never);
    expect(await take()).toBe('source  < 5');
  });

  it('give back what was left for later, to be taken first in the next turn of its lane', async () => {
    const { lanes, push, take } = lanesOf(['redrive', 'source']);
    push('source', [0, 1, 2]);
    push('redrive', [0]);
    expect(await take()).toBe('redrive 0 < 1');
    const batch = await lanes.take(10, never);
    lanes.putBack('source', batch?.records.slice(1) ?? []);
    push('redrive', [1]);
    expect(await take()).toBe('redrive 1 < 2');
    expect(await take()).toBe('source 1,2 < 3');
  });

  it('drop what they hold when they are paused, and start again from a position', async () => {
    const { lanes, push, take, start } = lanesOf(['redrive', 'source']);
    push('source', [0, 1]);
    lanes.pause();
    push('source', [2]);
    start();
    expect(lanes.ready).toBe(false);
    push('source', [0, 1]);
    expect(await take()).toBe('source 0,1 < 2');
  });

  it('throw what made one of them stop, in its turn', async () => {
    const { lanes, push, take, fail } = lanesOf(['redrive', 'source']);
    fail('source', new Error('out of range'));
    push('redrive', [0]);
    await lanes.arrived(never);
    expect(await take()).toBe('redrive 0 < 1');
    await lanes.arrived(never);
    await expect(take()).rejects.toThrow('out of range');
  });

  it('let go of whoever waits when the partition is taken away', async () => {
    const stopping = new AbortController();
    const { lanes } = lanesOf(['redrive', 'source']);
    const arrived = lanes.arrived(stopping.signal);
    stopping.abort(new Error('taken'));
    await expect(arrived).rejects.toThrow('taken');
  });

  it('are fetched no more once they are removed', () => {
    const { lanes, feeds } = lanesOf(['redrive', 'source']);
    lanes.remove();
    expect(feeds.size).toBe(0);
  });
});

describe('a record that is not yet due', () => {
  it('waits, and nobody waits for it', async () => {
    const due = new Map([['retry', Infinity]]);
    const { lanes, push, take } = lanesOf(['retry', 'source'], ({ topic }) => due.get(topic) ?? 0);
    push('retry', [0]);
    expect(lanes.ready).toBe(false);
    push('source', [0]);
    await lanes.arrived(never);
    expect(await take()).toBe('source 0 < 1');
    expect(await take()).toBeUndefined();
    due.clear();
    expect(await take()).toBe('retry 0 < 1');
  });

  it('holds up those behind it in its lane, and is the next position until then', async () => {
    const due = new Map([[1n, Infinity]]);
    const { lanes, push, take } = lanesOf(['retry', 'source'], ({ offset }) => due.get(offset) ?? 0);
    push('retry', [0, 1, 2]);
    expect(await take()).toBe('retry 0 < 1');
    expect(lanes.ready).toBe(false);
    due.clear();
    expect(await take()).toBe('retry 1,2 < 3');
  });

  it('still waits when those before it were left for later', async () => {
    const due = new Map([[2n, Infinity]]);
    const { lanes, push, take } = lanesOf(['retry', 'source'], ({ offset }) => due.get(offset) ?? 0);
    push('retry', [0, 1, 2]);
    const batch = await lanes.take(10, never);
    lanes.putBack('retry', batch?.records.slice(1) ?? []);
    expect(await take()).toBe('retry 1 < 2');
    due.clear();
    expect(await take()).toBe('retry 2 < 3');
  });

  it('ends the wait when its time has come, and not before', async () => {
    const due = Date.now() + 60;
    const { lanes, push, take } = lanesOf(['retry', 'source'], () => due);
    push('retry', [0]);
    await lanes.arrived(never);
    expect(Date.now()).toBeGreaterThanOrEqual(due);
    expect(await take()).toBe('retry 0 < 1');
  });
});
