import type { Feeds } from '../ports/feeds.ts';
import { type Batch, type HeldBack, PartitionFeed } from './partition-feed.ts';
import type { Clock } from '../../time/clock.ts';
import type { ConsumedRecord } from '../../log/record.ts';

/** The next offset to be handled, by topic. */
export type Positions = ReadonlyMap<string, bigint>;

/** A batch of one of the lanes. */
export interface LaneBatch extends Batch {
  readonly topic: string;
}

/** When a record may be handled: milliseconds since 1970-01-01 UTC. */
export type DueAt = (record: ConsumedRecord) => number;

/**
 * The logs that one worker takes its records from, one batch at a time: a partition of the source, and those of the same
 * number of its group's redrive and retry topics. They take turns. What is not yet due waits in its lane, and nobody
 * else waits for it: no record of another lane, no heartbeat.
 */
export class Lanes {
  private readonly source: Feeds;
  private readonly clock: Clock;
  private readonly dueAt: DueAt;
  /** Whose turn is next comes first. */
  private readonly feeds: PartitionFeed[];
  private changed: (() => void) | undefined;

  constructor(
    source: Feeds,
    topics: readonly string[],
    partition: number,
    clock: Clock,
    dueAt: DueAt = () => 0,
  ) {
    this.source = source;
    this.clock = clock;
    this.dueAt = dueAt;
    this.feeds = topics.map((topic) => new PartitionFeed(topic, partition));
    for (const feed of this.feeds) {
      feed.onArrival(() => this.wake());
      source.add(feed);
    }
  }

  /** Starts, or starts again, from these positions; whatever was held is dropped. */
  seek(positions: Positions): void {
    for (const feed of this.feeds) {
      const position = positions.get(feed.topic);
      if (position !== undefined) feed.seek(position);
    }
  }

  /** Stops fetching and drops what is held, until the next seek. */
  pause(): void {
    for (const feed of this.feeds) feed.pause();
  }

  remove(): void {
    for (const feed of this.feeds) this.source.remove(feed);
  }

  /** What open transactions keep from these lanes. */
  get heldBack(): HeldBack[] {
    return this.feeds.map(({ heldBack }) => heldBack).filter((held) => held !== undefined);
  }

  /** `take` would answer a batch, or throw what made fetching stop. */
  get ready(): boolean {
    return this.next() !== undefined;
  }

  /** Whoever waits for a lane looks again whether it has to. */
  wake(): void {
    this.changed?.();
  }

  /**
   * Resolves when a lane is ready, or so many milliseconds are over, or there is something else to do; answers whether a lane is
   * ready. What was taken before has been dealt with.
   */
  async arrived(
    signal: AbortSignal,
    withinMs = Infinity,
    busy: () => boolean = () => false,
  ): Promise<boolean> {
    for (const feed of this.feeds) feed.letGo();
    const { clock } = this;
    const end = clock.elapsed() + withinMs;
    while (!this.ready && !busy() && clock.elapsed() < end) await this.change(signal, end - clock.elapsed());
    return this.ready;
  }

  /** The next batch of the lane whose turn it is, at most `max` records that are due. Undefined when none is ready. */
  async take(max: number, signal: AbortSignal): Promise<LaneBatch | undefined> {
    const feed = this.next();
    if (!feed) return undefined;
    this.feeds.push(...this.feeds.splice(this.feeds.indexOf(feed), 1));
    const { records, nextOffset } = await feed.next(max, signal);
    // All are looked at: those from the future wait from now on.
    const dues = records.map((record) => this.dueAt(record));
    const later = dues.findIndex((due) => due > this.clock.now());
    if (later < 0) return { topic: feed.topic, records, nextOffset };
    feed.putBack(records.slice(later));
    return {
      topic: feed.topic,
      records: records.slice(0, later),
      nextOffset: records[later]?.offset ?? nextOffset,
    };
  }

  /** Gives back records from the end of what was taken last of this topic, to be taken again next. */
  putBack(topic: string, records: readonly ConsumedRecord[]): void {
    this.feeds.find((feed) => feed.topic === topic)?.putBack(records);
  }

  private next(): PartitionFeed | undefined {
    return this.feeds.find((feed) => feed.ready && this.waitOf(feed) <= 0);
  }

  /** Milliseconds until the first record of this lane is due. */
  private waitOf({ head }: PartitionFeed): number {
    return head ? this.dueAt(head) - this.clock.now() : 0;
  }

  /** Resolves when something has arrived, or has become due. */
  private async change(signal: AbortSignal, withinMs: number): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waits = this.feeds.filter(({ ready }) => ready).map((feed) => this.waitOf(feed));
    const cancel = this.clock.timer(Math.max(1, Math.min(withinMs, ...waits)), resolve);
    this.changed = resolve;
    signal.addEventListener('abort', this.changed);
    await promise;
    signal.removeEventListener('abort', this.changed);
    cancel();
    this.changed = undefined;
    signal.throwIfAborted();
  }
}
