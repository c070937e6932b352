import type { PartitionEnds } from '../kafka/reading/partition-ends.ts';

const keyOf = ({ topic, partition }: PartitionEnds) => `${topic}-${partition}`;

/** Remembers since when the last stable offset of each partition has stood still before its end. */
export class StalledPartitions {
  private readonly seen = new Map<string, { readonly offset: bigint; readonly since: number }>();

  /** The partitions whose last stable offset has stood still for so many milliseconds; `now` is in milliseconds, too. */
  update(ends: readonly PartitionEnds[], now: number, forMs: number): PartitionEnds[] {
    return ends.filter((end) => {
      const key = keyOf(end);
      if (end.lastStableOffset >= end.highWatermark) {
        this.seen.delete(key);
        return false;
      }
      const before = this.seen.get(key);
      const since = before?.offset === end.lastStableOffset ? before.since : now;
      this.seen.set(key, { offset: end.lastStableOffset, since });
      return now - since >= forMs;
    });
  }
}
