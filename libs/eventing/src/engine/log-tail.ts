import type { Cluster } from './ports/cluster.ts';
import type { Feeds } from './ports/feeds.ts';
import { type HeldBack, PartitionFeed } from './worker/partition-feed.ts';
import { within } from '../time/waiting.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { Supervisor } from './worker/supervisor.ts';

const STOPPING_MS = 1_000;

/** Follows whole topics from their stable ends, without a group: every process sees every committed record. */
export class LogTail {
  private readonly cluster: Cluster;
  private readonly feeds: Feeds;
  /** By feed, the offset before which everything was delivered. */
  private delivered = new Map<PartitionFeed, bigint>();
  private readonly stopping = new AbortController();
  private readonly supervisors = new Set<Supervisor>();
  private pumps: Promise<void>[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.feeds = cluster.feeds({});
  }

  /**
   * Resolves when the ends are known: what is committed from then on is delivered, in order for each partition. `partitions`:
   * how many of a topic are followed, where it may have more; all unless given.
   */
  async start(
    topics: readonly string[],
    deliver: (records: readonly ConsumedRecord[]) => Promise<void>,
    partitions: (topic: string) => number = () => Infinity,
  ): Promise<void> {
    const ends = new Map<PartitionFeed, bigint>();
    for (const topic of topics) {
      const { partitions: count } = await this.cluster.log.topic(topic);
      for (let partition = 0; partition < Math.min(count, partitions(topic)); partition++) {
        const feed = new PartitionFeed(topic, partition, 5_000);
        const end = await this.cluster.log.stableEnd(topic, partition);
        feed.seek(end);
        ends.set(feed, end);
      }
    }
    this.delivered = ends;
    for (const feed of ends.keys()) this.feeds.add(feed);
    this.pumps = [...this.delivered.keys()].map((feed) => this.keepPumping(feed, deliver));
  }

  positions(): { topic: string; partition: number; offset: bigint }[] {
    return [...this.delivered].map(([{ topic, partition }, offset]) => ({ topic, partition, offset }));
  }

  /** Milliseconds since a broker last answered. */
  get silentMs(): number {
    return this.feeds.silentMs;
  }

  /** What somebody's open transactions keep from the tail. */
  get heldBack(): HeldBack[] {
    return [...this.delivered.keys()].map(({ heldBack }) => heldBack).filter((held) => held !== undefined);
  }

  /** What failed and is started again, if anything: until then, some partitions are not followed. */
  get trouble(): string | undefined {
    const troubles = [...this.supervisors].map(({ trouble }) => trouble);
    return this.feeds.trouble ?? troubles.find((trouble) => trouble !== undefined);
  }

  /** Resolves within a second, also when brokers do not answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const closing = Promise.all(this.pumps)
      .then(() => this.feeds.close())
      .then(() => this.cluster.close());
    await within(this.cluster.clock, STOPPING_MS, closing);
  }

  /** A pump that failed goes on after the last record that was delivered whole: with it, some come a second time. */
  private keepPumping(
    feed: PartitionFeed,
    deliver: (records: readonly ConsumedRecord[]) => Promise<void>,
  ): Promise<void> {
    const supervisor = new Supervisor(
      this.cluster.clock,
      `Following ${feed.topic}-${feed.partition}`,
      () => undefined,
    );
    this.supervisors.add(supervisor);
    return supervisor.run(() => {
      feed.seek(this.delivered.get(feed) ?? feed.position);
      return this.pump(feed, deliver);
    }, this.stopping.signal);
  }

  private async pump(
    feed: PartitionFeed,
    deliver: (records: readonly ConsumedRecord[]) => Promise<void>,
  ): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      const { records, nextOffset } = await feed.next(1_000, signal);
      await deliver(records);
      this.delivered.set(feed, nextOffset);
    }
  }
}
