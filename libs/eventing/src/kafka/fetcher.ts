import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from './client.ts';
import { HaltError, KafkaError, kafkaError, PositionError } from './errors.ts';
import { apiKeys, apis, type Exchange, protocolError } from './kafkajs.ts';
import type { PartitionFeed } from './partition-feed.ts';
import { decodeFetch, type FetchedPartition } from './wire/fetch.ts';

export interface FetcherOptions {
  /** Milliseconds that the broker may hold a fetch that finds nothing; 250 unless given. */
  readonly maxWaitMs?: number;
  /** Bytes of one partition in one answer; 1 MiB unless given. A larger record still comes, alone. */
  readonly maxBytesPerPartition?: number;
}

/**
 * Fetches for many partitions with one request at a time to each leader (committed records only). A feed that
 * has enough buffered is left out, so a slow handler costs its own partition and a bounded amount of memory.
 */
export class Fetcher {
  private readonly client: KafkaClient;
  private readonly maxWaitMs: number;
  private readonly maxBytes: number;
  private readonly feeds = new Set<PartitionFeed>();
  private readonly loops = new Map<number, Promise<void>>();
  private wake: (() => void) | undefined;
  private closed = false;
  private heardAt = performance.now();
  private routing: Promise<void> | undefined;

  constructor(client: KafkaClient, options: FetcherOptions = {}) {
    this.client = client;
    this.maxWaitMs = options.maxWaitMs ?? 250;
    this.maxBytes = options.maxBytesPerPartition ?? 1024 * 1024;
  }

  add(feed: PartitionFeed): void {
    this.feeds.add(feed);
    feed.onWanted(() => this.wake?.());
    this.routing ??= this.route();
    this.wake?.();
  }

  /** Milliseconds since a leader last answered. A fetch is held for a fraction of a second at most. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  remove(feed: PartitionFeed): void {
    this.feeds.delete(feed);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake?.();
    await this.routing;
  }

  /** Starts a fetch for each leader that is idle, whenever some feed wants records. */
  private async route(): Promise<void> {
    while (!this.closed) {
      const changed = new Promise<void>((resolve) => (this.wake = resolve));
      const wanted = [...this.feeds].filter((feed) => feed.wanted);
      const groups = await this.byLeader(wanted);
      for (const [leader, feeds] of groups) this.startFetch(leader, feeds);
      await changed;
    }
    await Promise.allSettled(this.loops.values());
  }

  private startFetch(leader: number, feeds: readonly PartitionFeed[]): void {
    if (this.loops.has(leader)) return;
    const fetching = this.fetchOnce(leader, feeds).finally(() => {
      this.loops.delete(leader);
      this.wake?.();
    });
    this.loops.set(leader, fetching);
  }

  /** A partition without a leader is left for a later round; the others go on. */
  private async byLeader(feeds: readonly PartitionFeed[]): Promise<Map<number, PartitionFeed[]>> {
    const groups = new Map<number, PartitionFeed[]>();
    let leaderless = false;
    for (const feed of feeds) {
      const leader = await this.client.leader(feed.topic, feed.partition).catch(() => undefined);
      if (leader === undefined) leaderless = true;
      else groups.set(leader, [...(groups.get(leader) ?? []), feed]);
    }
    if (leaderless) void this.retryLater();
    return groups;
  }

  private async fetchOnce(leader: number, feeds: readonly PartitionFeed[]): Promise<void> {
    const offsets = new Map(feeds.map((feed) => [feed, feed.position] as const));
    const at = (topic: string, partition: number) => offsets.get(find(feeds, topic, partition)) ?? 0n;
    try {
      const answer = await this.client.exchange<FetchedPartition[]>(leader, this.exchange(offsets, at));
      this.heardAt = performance.now();
      for (const part of answer) this.deliver(find(feeds, part.topic, part.partition), part, offsets);
    } catch (error) {
      const { code, retryable } = kafkaError(error);
      if (this.closed || code === 'CLOSED') return;
      if (!retryable) for (const feed of feeds) feed.fail(error as Error);
      else await this.retryLater();
    }
  }

  private deliver(
    feed: PartitionFeed,
    part: FetchedPartition,
    offsets: ReadonlyMap<PartitionFeed, bigint>,
  ): void {
    if (feed.position !== offsets.get(feed)) return;
    if (part.unreadable) return feed.fail(unreadable(feed, part.unreadable));
    if (part.errorCode === 0) return feed.push(part);
    const error = kafkaError(protocolError(part.errorCode));
    if (error.code === 'OFFSET_OUT_OF_RANGE') feed.fail(outOfRange(feed));
    else if (error.retryable) this.client.forget();
    else feed.fail(error);
  }

  private exchange(
    offsets: ReadonlyMap<PartitionFeed, bigint>,
    at: (topic: string, partition: number) => bigint,
  ): Exchange {
    const topics = [...offsets].map(([{ topic, partition }, fetchOffset]) => ({
      topic,
      partitions: [{ partition, fetchOffset: String(fetchOffset), maxBytes: this.maxBytes }],
    }));
    const args = {
      replicaId: -1,
      isolationLevel: 1,
      maxWaitTime: this.maxWaitMs,
      minBytes: 1,
      maxBytes: 16 * 1024 * 1024,
      topics,
    };
    const fetch = apis['Fetch']?.protocol({ version: 11 })(args);
    if (!fetch || apiKeys['Fetch'] === undefined)
      throw new KafkaError('CLIENT', 'Fetch is missing', { retryable: false });
    return {
      request: fetch.request,
      response: { decode: async (bytes) => decodeFetch(bytes, at), parse: async (read) => read },
    };
  }

  private async retryLater(): Promise<void> {
    this.client.forget();
    await sleep(100);
    this.wake?.();
  }
}

function find(feeds: readonly PartitionFeed[], topic: string, partition: number): PartitionFeed {
  const feed = feeds.find((candidate) => candidate.topic === topic && candidate.partition === partition);
  if (!feed) throw new KafkaError('CLIENT', `Nobody asked for ${topic}-${partition}`, { retryable: false });
  return feed;
}

function outOfRange({ topic, partition, position }: PartitionFeed): PositionError {
  return new PositionError(
    `The log of ${topic}-${partition} does not hold offset ${position}. Decide where to go on and set it; it is never reset by itself`,
  );
}

function unreadable({ topic, partition, position }: PartitionFeed, cause: Error): HaltError {
  return new HaltError(
    `${topic}-${partition} cannot be read from offset ${position} on: ${cause.message}`,
    cause,
  );
}
