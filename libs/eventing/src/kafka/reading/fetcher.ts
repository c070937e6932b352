import { partitionKey } from '../../log/partitions.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from '../client/client.ts';
import { KafkaError, kafkaError } from '../client/errors.ts';
import { STALE_LEADER_MS } from '../../log/trusted-position.ts';
import { type Exchange, protocolError } from '../client/kafkajs.ts';
import type { Leader } from '../client/leader-epochs.ts';
import { MemoryBudget } from '../../engine/worker/memory-budget.ts';
import type { PartitionFeed } from '../../engine/worker/partition-feed.ts';
import { FailingFeeds } from './failing-feeds.ts';
import { FetchPace } from './fetch-pace.ts';
import { outOfRange, unreadable } from './unfetchable.ts';
import { systemClock } from '../../time/system-clock.ts';
import { sleepUntil } from '../../time/waiting.ts';
import { Supervisor } from '../../engine/worker/supervisor.ts';
import { fetchExchange } from '../wire/fetch-request.ts';
import { decodeFetch, type FetchedPartition } from '../wire/fetch.ts';

export interface FetcherOptions {
  /** Milliseconds that the broker may hold a fetch that finds nothing, while there is room for all partitions; 450 unless given. */
  readonly maxWaitMs?: number;
  /** Bytes of one partition in one answer; 1 MiB unless given. A larger record still comes, alone. */
  readonly maxBytesPerPartition?: number;
  /** Memory that all feeds share; 64 MiB for this fetcher alone unless given. */
  readonly budget?: MemoryBudget;
  /** Told when fetching failed in a way that nobody foresaw, and is started again. */
  readonly report?: (error: Error) => void;
}

/** A fetch that leaves out a partition because enough of it waits: that will soon want more, and its leader has one fetch at a time. */
const BRIEFLY_MS = 50;

/** What one request asks of one partition. */
interface Asked {
  readonly offset: bigint;
  readonly maxBytes: number;
  readonly leader: Leader;
}

/** A feed, and who leads its partition. */
interface LedFeed {
  readonly feed: PartitionFeed;
  readonly leader: Leader;
}

type AskedFeeds = ReadonlyMap<PartitionFeed, Asked>;

/**
 * Fetches for many partitions with one request at a time to each leader (committed records only). A feed that
 * has enough buffered is left out, so a slow handler costs its own partition and a bounded amount of memory. When
 * the budget is used up, only feeds that hold nothing are fetched for: everybody goes on, nobody reads ahead.
 */
export class Fetcher {
  private readonly client: KafkaClient;
  private readonly maxWaitMs: number;
  private readonly maxBytes: number;
  /** In the order in which they are asked for: the broker serves the first of a request even above its limit. */
  private readonly feeds = new Set<PartitionFeed>();
  private readonly budget: MemoryBudget;
  private readonly supervisor: Supervisor;
  private readonly loops = new Map<number, Promise<void>>();
  private wake: (() => void) | undefined;
  private readonly closing = new AbortController();
  /** One function for all that call back, so that a set of them knows it. */
  private readonly wakeUp = () => this.wake?.();
  private readonly failing = new FailingFeeds();
  /** Those that have failed just now: nobody asks for them until their pause is over. */
  private readonly resting = new Set<PartitionFeed>();
  private readonly outOfRangeSince = new WeakMap<PartitionFeed, number>();
  private readonly paces = new Map<number, FetchPace>();
  private failure: Error | undefined;
  private heardAt = performance.now();
  private routing: Promise<void> | undefined;
  private confirming: Promise<unknown> | undefined;

  constructor(client: KafkaClient, options: FetcherOptions = {}) {
    this.client = client;
    this.maxWaitMs = options.maxWaitMs ?? 450;
    this.maxBytes = options.maxBytesPerPartition ?? 1024 * 1024;
    this.budget = options.budget ?? new MemoryBudget();
    this.supervisor = new Supervisor(systemClock, 'Fetching', options.report ?? (() => undefined));
  }

  add(feed: PartitionFeed): void {
    this.feeds.add(feed);
    feed.onWanted({ want: () => this.wake?.(), budget: this.budget });
    this.routing ??= this.supervisor.run(() => this.route(), this.closing.signal);
    this.wake?.();
  }

  /** Milliseconds since a leader last answered. A fetch is held for a fraction of a second at most. */
  get silentMs(): number {
    return performance.now() - this.heardAt;
  }

  /** Why fetching is being started again, or why a partition has not been fetched for some time, if so. */
  get trouble(): string | undefined {
    return this.supervisor.trouble ?? this.failing.trouble;
  }

  /** Bytes of the records that wait in all feeds, or are in the hands of handlers. */
  get bufferedBytes(): number {
    return [...this.feeds].reduce((sum, { weight }) => sum + weight, 0);
  }

  remove(feed: PartitionFeed): void {
    this.feeds.delete(feed);
    this.failing.passed(feed);
    feed.pause();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.wake?.();
    await this.routing;
    await Promise.allSettled(this.loops.values());
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Starts a fetch for each leader that is idle, whenever some feed wants records. */
  private async route(): Promise<void> {
    while (!this.closed) {
      const changed = new Promise<void>((resolve) => (this.wake = resolve));
      this.throwFailure();
      const groups = await this.byLeader(this.wanted());
      for (const [leader, feeds] of groups) this.startFetch(leader, feeds);
      await changed;
    }
  }

  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  private wanted(): PartitionFeed[] {
    const wanted = [...this.feeds].filter((feed) => feed.wanted && !this.resting.has(feed));
    if (!this.budget.exhausted) return wanted;
    this.budget.whenFreed(this.wakeUp);
    return wanted.filter((feed) => feed.weight === 0);
  }

  /** Milliseconds that the broker may hold a fetch in which nothing is found. */
  private holdMs(): number {
    const leftOut = [...this.feeds].some((feed) => !feed.wanted && feed.weight > 0);
    return leftOut ? Math.min(BRIEFLY_MS, this.maxWaitMs) : this.maxWaitMs;
  }

  private startFetch(leader: number, feeds: readonly LedFeed[]): void {
    if (this.loops.has(leader)) return;
    const began = performance.now();
    const fetching = this.fetchOnce(leader, feeds)
      .then(() => sleepUntil(systemClock, began + this.pace(leader).after(performance.now() - began)))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.loops.delete(leader);
        this.wake?.();
      });
    this.loops.set(leader, fetching);
  }

  private pace(leader: number): FetchPace {
    const known = this.paces.get(leader);
    if (known) return known;
    const pace = new FetchPace();
    this.paces.set(leader, pace);
    return pace;
  }

  /** What went wrong beside the routing is thrown in it: one place that is supervised. */
  private fail(error: unknown): void {
    this.failure = error as Error;
    this.wake?.();
  }

  /** A partition without a leader is left for a later round; the others go on. */
  private async byLeader(feeds: readonly PartitionFeed[]): Promise<Map<number, LedFeed[]>> {
    const looked = await Promise.allSettled(
      feeds.map(({ topic, partition }) => this.client.leadership(topic, partition)),
    );
    const groups = new Map<number, LedFeed[]>();
    for (const [index, feed] of feeds.entries()) {
      const found = looked[index] as PromiseSettledResult<Leader>;
      if (found.status === 'rejected') this.missed(feed, found.reason as Error);
      else {
        const leader = found.value;
        groups.set(leader.nodeId, [...(groups.get(leader.nodeId) ?? []), { feed, leader }]);
      }
    }
    // Once, and not before all were looked up: the next one would have to ask the brokers for each again.
    if (looked.some(({ status }) => status === 'rejected')) this.client.forget();
    return groups;
  }

  private async fetchOnce(nodeId: number, led: readonly LedFeed[]): Promise<void> {
    const feeds = led.map(({ feed }) => feed);
    const wishes = feeds.map((feed) => Math.min(this.maxBytes, feed.room));
    const reserved = this.budget.reserve(wishes.reduce((sum, bytes) => sum + bytes, 0));
    const ask = ({ feed, leader }: LedFeed, index: number) =>
      [feed, { offset: feed.position, maxBytes: Math.min(wishes[index] ?? 0, reserved), leader }] as const;
    const asked = new Map(led.map(ask));
    try {
      const answer = await this.client
        .exchange<FetchedPartition[]>(nodeId, this.exchange(asked, reserved))
        .finally(() => this.budget.give(reserved));
      this.heardAt = performance.now();
      for (const part of answer) this.deliver(find(feeds, part.topic, part.partition), part, asked);
    } catch (error) {
      const { code, retryable } = kafkaError(error);
      if (this.closed || code === 'CLOSED') return;
      for (const feed of feeds) {
        this.outOfRangeSince.delete(feed);
        if (retryable) this.missed(feed, error as Error);
        else feed.fail(error as Error);
      }
      this.client.forget();
    }
  }

  private deliver(feed: PartitionFeed, part: FetchedPartition, asked: AskedFeeds): void {
    if (feed.position !== asked.get(feed)?.offset) return;
    if (part.unreadable) return this.unreadable(feed, part.unreadable);
    if (part.errorCode === 0) return this.push(feed, part);
    const error = kafkaError(protocolError(part.errorCode));
    if (error.code === 'OFFSET_OUT_OF_RANGE') return this.notThere(feed, error);
    this.outOfRangeSince.delete(feed);
    if (!error.retryable) feed.fail(error);
    else {
      this.missed(feed, error);
      this.client.forget();
    }
  }

  /**
   * A broker that was paused may answer so, if nobody has told this process of its successor: all brokers are asked who leads, and
   * only what stays true is believed.
   */
  private notThere(feed: PartitionFeed, error: Error): void {
    const since = this.outOfRangeSince.get(feed) ?? performance.now();
    this.outOfRangeSince.set(feed, since);
    if (performance.now() - since > STALE_LEADER_MS) return feed.fail(outOfRange(feed));
    this.missed(feed, error);
    // Who cannot say it now is asked again: the partition is fetched once more anyway.
    this.confirming ??= this.client
      .confirmLeaders([feed.topic])
      .catch(() => undefined)
      .finally(() => (this.confirming = undefined));
  }

  /** What was damaged on its way, or on the disk of one replica, may be whole when it is read again. */
  private unreadable(feed: PartitionFeed, error: Error): void {
    if (!kafkaError(error).retryable) return feed.fail(unreadable(feed, error));
    this.missed(feed, error);
  }

  /** Who was served goes to the end: a batch above a limit comes only to the first of a request (KIP-74). */
  private push(feed: PartitionFeed, part: FetchedPartition): void {
    feed.push({ ...part, at: this.heardAt });
    this.failing.passed(feed);
    this.outOfRangeSince.delete(feed);
    if (part.records.length > 0 && this.feeds.delete(feed)) this.feeds.add(feed);
  }

  /** A feed may be removed while it is asked for: nobody misses it then, and nothing would ever come for it. */
  private missed(feed: PartitionFeed, error: Error): void {
    if (!this.feeds.has(feed)) return;
    this.rest(feed, this.failing.failed(feed, error)).catch((failure: unknown) => this.fail(failure));
  }

  /** It alone waits, and not the others of its leader. */
  private async rest(feed: PartitionFeed, ms: number): Promise<void> {
    this.resting.add(feed);
    await sleep(ms);
    this.resting.delete(feed);
    this.wake?.();
  }

  private exchange(asked: AskedFeeds, maxBytes: number): Exchange {
    const wanted = [...asked].map(([{ topic, partition }, ask]) => ({ topic, partition, ...ask }));
    const offsets = new Map(wanted.map((each) => [partitionKey(each.topic, each.partition), each.offset]));
    const from = (topic: string, partition: number) => offsets.get(partitionKey(topic, partition)) ?? 0n;
    return fetchExchange(wanted, { isolation: 'committed', maxBytes, maxWaitMs: this.holdMs() }, (bytes) =>
      decodeFetch(bytes, from, this.client.maxBatchBytes),
    );
  }
}

function find(feeds: readonly PartitionFeed[], topic: string, partition: number): PartitionFeed {
  const feed = feeds.find((candidate) => candidate.topic === topic && candidate.partition === partition);
  if (!feed) throw new KafkaError('CLIENT', `Nobody asked for ${topic}-${partition}`, { retryable: false });
  return feed;
}
