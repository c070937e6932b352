import { describe, expect, it } from '@jest/globals';
import { StalledPartitions } from './stalled-partitions.ts';

const ends = (lastStableOffset: bigint, highWatermark: bigint, partition = 0) => ({
  topic: 'orders',
  partition,
  lastStableOffset,
  highWatermark,
});

describe('a partition is stalled', () => {
  it('when its last stable offset has stood still before its end', () => {
    const stalled = new StalledPartitions();
    expect(stalled.update([ends(5n, 9n)], 0, 100)).toEqual([]);
    expect(stalled.update([ends(5n, 12n)], 99, 100)).toEqual([]);
    expect(stalled.update([ends(5n, 12n)], 100, 100)).toEqual([ends(5n, 12n)]);
  });

  it('not while it moves on, or has nothing to hide', () => {
    const stalled = new StalledPartitions();
    stalled.update([ends(5n, 9n)], 0, 100);
    expect(stalled.update([ends(6n, 9n)], 150, 100)).toEqual([]);
    expect(stalled.update([ends(9n, 9n)], 200, 100)).toEqual([]);
    expect(stalled.update([ends(9n, 10n)], 290, 100)).toEqual([]);
  });

  it('each for itself', () => {
    const stalled = new StalledPartitions();
    stalled.update([ends(5n, 9n, 0), ends(5n, 5n, 1)], 0, 100);
    expect(stalled.update([ends(5n, 9n, 0), ends(5n, 6n, 1)], 100, 100)).toEqual([ends(5n, 9n, 0)]);
  });
});
