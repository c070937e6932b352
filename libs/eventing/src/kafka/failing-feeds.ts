import type { PartitionFeed } from '../engine/partition-feed.ts';

/** Milliseconds of failed fetches after which it is said. A leader that moves takes less. */
const PATIENCE_MS = 4_000;

/** Partitions that cannot be fetched at present, each since when, and why: no leader, or none that can be reached. */
export class FailingFeeds {
  private readonly failures = new Map<PartitionFeed, { readonly since: number; reason: string }>();

  failed(feed: PartitionFeed, { message }: Error): void {
    const known = this.failures.get(feed);
    if (known) known.reason = message;
    else this.failures.set(feed, { since: performance.now(), reason: message });
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
