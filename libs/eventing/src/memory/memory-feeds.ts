import type { Feeds } from '../engine/ports/feeds.ts';
import { MemoryBudget } from '../engine/worker/memory-budget.ts';
import type { PartitionFeed } from '../engine/worker/partition-feed.ts';
import type { MemoryBroker } from './memory-broker.ts';
import { outOfRange } from './out-of-range.ts';

/** Records and markers of one delivery. */
const AT_ONCE = 500;
/** Milliseconds after which a fetch that finds nothing is answered. */
const MAX_WAIT_MS = 50;

/** What a feed was told last of where its partition ends. */
interface Ends {
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
}

/** Brings what is committed into feeds, each in a turn of its own, as a fetch would. */
export class MemoryFeeds implements Feeds {
  readonly silentMs = 0;
  private readonly broker: MemoryBroker;
  private readonly budget: MemoryBudget;
  private readonly feeds = new Map<PartitionFeed, Ends | undefined>();
  private readonly coming = new Set<PartitionFeed>();
  private readonly forget: () => void;
  private stopLooking: (() => void) | undefined;
  /** One function for all that call back, so that a set of them knows it. */
  private readonly bringAll = () => {
    for (const feed of this.feeds.keys()) this.bringSoon(feed);
  };

  constructor(broker: MemoryBroker, budget = new MemoryBudget()) {
    this.broker = broker;
    this.budget = budget;
    this.forget = broker.onChange(this.bringAll);
  }

  get trouble(): string | undefined {
    const missing = [...this.feeds.keys()].filter((feed) => feed.wanted && !this.broker.topics.find(feed));
    const words = missing.map(
      ({ topic, partition }) => `${topic}-${partition} cannot be fetched: it does not exist`,
    );
    return words.join('; ') || undefined;
  }

  get bufferedBytes(): number {
    return [...this.feeds.keys()].reduce((sum, { weight }) => sum + weight, 0);
  }

  add(feed: PartitionFeed): void {
    this.feeds.set(feed, undefined);
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
    this.stopLooking?.();
  }

  private bringSoon(feed: PartitionFeed): void {
    if (this.coming.has(feed)) return;
    this.coming.add(feed);
    this.broker.surroundings.clock.timer(0, () => {
      this.coming.delete(feed);
      if (this.feeds.has(feed) && this.mayBring(feed)) this.bring(feed);
    });
  }

  /** When the budget is used up, only feeds that hold nothing are fetched for: everybody goes on, nobody reads ahead. */
  private mayBring(feed: PartitionFeed): boolean {
    if (!this.budget.exhausted || !feed.wanted) return feed.wanted;
    this.budget.whenFreed(this.bringAll);
    return feed.weight === 0;
  }

  private bring(feed: PartitionFeed): void {
    const { position } = feed;
    const found = this.broker.topics.find(feed);
    if (!found) return;
    if (!found.holds(position))
      return feed.fail(outOfRange({ topic: feed.topic, partition: feed.partition, offset: position }));
    const { highWatermark, lastStableOffset } = found;
    const nextOffset = found.fetchEnd(position, feed.room, AT_ONCE);
    const told = this.feeds.get(feed);
    const isNews = told?.highWatermark !== highWatermark || told.lastStableOffset !== lastStableOffset;
    if (nextOffset === position && !isNews && !feed.heldBack) return;
    this.feeds.set(feed, { highWatermark, lastStableOffset });
    const at = this.broker.surroundings.clock.elapsed();
    feed.push({ records: found.read(position, nextOffset), nextOffset, highWatermark, lastStableOffset, at });
    if (feed.heldBack) this.lookAgain();
  }

  /** What is held back is so for longer each time that it is looked at. */
  private lookAgain(): void {
    this.stopLooking ??= this.broker.surroundings.clock.timer(
      MAX_WAIT_MS,
      () => {
        this.stopLooking = undefined;
        this.bringAll();
      },
      'background',
    );
  }
}
