import type { Feeds } from '../engine/feeds.ts';
import { MemoryBudget } from '../engine/memory-budget.ts';
import type { PartitionFeed } from '../engine/partition-feed.ts';
import type { MemoryBroker } from './memory-broker.ts';

/** Records of one delivery. */
const AT_ONCE = 500n;

/** Brings what is committed into feeds, each in a turn of its own, as a fetch would. */
export class MemoryFeeds implements Feeds {
  readonly trouble = undefined;
  readonly silentMs = 0;
  private readonly broker: MemoryBroker;
  private readonly budget: MemoryBudget;
  private readonly feeds = new Set<PartitionFeed>();
  private readonly coming = new Set<PartitionFeed>();
  private readonly forget: () => void;

  constructor(broker: MemoryBroker, budget = new MemoryBudget()) {
    this.broker = broker;
    this.budget = budget;
    this.forget = broker.onChange(() => this.bringAll());
  }

  get bufferedBytes(): number {
    return [...this.feeds].reduce((sum, { weight }) => sum + weight, 0);
  }

  add(feed: PartitionFeed): void {
    this.feeds.add(feed);
    feed.onWanted({ want: () => this.bringSoon(feed), budget: this.budget });
    this.bringSoon(feed);
  }

  remove(feed: PartitionFeed): void {
    this.feeds.delete(feed);
    feed.pause();
  }

  async close(): Promise<void> {
    this.forget();
    this.feeds.clear();
  }

  private bringAll(): void {
    for (const feed of this.feeds) this.bringSoon(feed);
  }

  private bringSoon(feed: PartitionFeed): void {
    if (this.coming.has(feed)) return;
    this.coming.add(feed);
    setImmediate(() => {
      this.coming.delete(feed);
      if (this.feeds.has(feed) && feed.wanted) this.bring(feed);
    });
  }

  private bring(feed: PartitionFeed): void {
    const { topic, partition, position } = feed;
    const found = this.broker.topics.partition(topic, partition);
    const { highWatermark, lastStableOffset } = found;
    const most = position + AT_ONCE;
    const nextOffset = most < lastStableOffset ? most : lastStableOffset;
    if (nextOffset <= position) return;
    const records = found.read(position, nextOffset);
    feed.push({ records, nextOffset, highWatermark, lastStableOffset });
  }
}
