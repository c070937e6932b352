import type { PartitionFeed } from '../../engine/worker/partition-feed.ts';

/** Milliseconds of failed fetches after which it is said. A leader that moves takes less. */
const PATIENCE_MS = 4_000;
/** Milliseconds until one that failed is fetched for again: twice as many from failure to failure. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

interface Failure {
  readonly since: number;
  readonly reason: string;
  readonly pauseMs: number;
}

/** Partitions that cannot be fetched at present, each since when, and why: no leader, or none that can be reached. */
export class FailingFeeds {
  private readonly failures = new Map<PartitionFeed, Failure>();

  /** Answers for how many milliseconds it is left alone. */
  failed(feed: PartitionFeed, { message }: Error): number {
    const known = this.failures.get(feed);
    const pauseMs = known ? Math.min(known.pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    this.failures.set(feed, { since: known?.since ?? performance.now(), reason: message, pauseMs });
    return pauseMs;
  }

  passed(feed: PartitionFeed): void {
    this.failures.delete(feed);
  }

  /** What to tell of those that have failed for some time. */
  get trouble(): string | undefined {
    const old = [...this.failures].filter(([, { since }]) => performance.now() - since >= PATIENCE_MS);
    if (old.length === 0) return undefined;
    return old
      .map(([{ topic, partition }, { reason }]) => `${topic}-${partition} cannot be fetched: ${reason}`)
      .join('; ');
  }
}
