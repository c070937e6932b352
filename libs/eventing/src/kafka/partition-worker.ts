import { setTimeout as sleep } from 'node:timers/promises';
import { HaltError, PartitionLost, PositionError, RecordTooLarge } from './errors.ts';
import type { Fetcher } from './fetcher.ts';
import { type Batch, PartitionFeed } from './partition-feed.ts';
import type { ConsumedRecord } from './record.ts';

/** What is done with the records of one assigned partition. */
export interface Processor {
  /** The whole assignment sequence; answers the offset to go on from. Runs again after every failure. */
  assign(signal: AbortSignal): Promise<bigint>;
  /**
   * Handles a batch. When it resolves, what came of it and the new position are durable together. Answers the
   * records, from its end, that are left for later.
   */
  process(batch: Batch, signal: AbortSignal): Promise<readonly ConsumedRecord[]>;
  /** After a failure: gives back what may block others. Never throws. */
  abandon(): Promise<void>;
  close(): Promise<void>;
}

export type WorkerState = 'starting' | 'running' | 'waiting' | 'stopped';

export interface WorkerStatus {
  readonly state: WorkerState;
  /** Why it waits or was stopped. */
  readonly reason?: string;
}

export interface WorkerOptions {
  readonly topic: string;
  readonly partition: number;
  readonly maxBatch: number;
  readonly report: (error: Error, retryInMs: number | undefined) => void;
}

/**
 * Milliseconds between the end of one batch and the start of the next. A record that comes alone is handled at once;
 * under load more of them share a transaction, and the coordinator has ended the one before.
 */
const REST_MS = 10;
const FIRST_BACKOFF_MS = 50;
const LAST_BACKOFF_MS = 5_000;

/**
 * Works through one assigned partition until it is stopped: assign, then batch after batch. Any failure throws
 * the batch away and starts over with the whole assignment sequence, after a backoff; nothing is skipped.
 */
export class PartitionWorker {
  private readonly fetcher: Fetcher;
  private readonly processor: Processor;
  private readonly options: WorkerOptions;
  private readonly feed: PartitionFeed;
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;
  private current: WorkerStatus = { state: 'starting' };
  private backoffMs = FIRST_BACKOFF_MS;
  /** Records of a batch: fewer after the broker refused one as too large, more again with each success. */
  private limit: number;

  constructor(fetcher: Fetcher, processor: Processor, options: WorkerOptions) {
    this.fetcher = fetcher;
    this.processor = processor;
    this.options = options;
    this.limit = options.maxBatch;
    this.feed = new PartitionFeed(options.topic, options.partition);
    this.fetcher.add(this.feed);
    this.done = this.run();
  }

  get status(): WorkerStatus {
    return this.current;
  }

  /** Lets the batch under way finish, then gives everything back. */
  async stop(): Promise<void> {
    this.stopping.abort(new PartitionLost(this.options.topic, this.options.partition));
    await this.done;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.work(signal);
      } catch (error) {
        this.feed.pause();
        await this.processor.abandon();
        if (!signal.aborted) await this.recover(error as Error, signal);
      }
    }
    this.fetcher.remove(this.feed);
    this.current = { state: 'stopped' };
    await this.processor.close();
  }

  private async work(signal: AbortSignal): Promise<void> {
    this.feed.seek(await this.processor.assign(signal));
    this.current = { state: 'running' };
    for (let last = -Infinity; ; last = performance.now()) {
      await this.feed.arrived(signal);
      await sleepUntil(last + REST_MS);
      const batch = await this.feed.next(this.limit, signal);
      this.feed.putBack(await this.processor.process(batch, signal));
      this.backoffMs = FIRST_BACKOFF_MS;
      this.limit = Math.min(Math.ceil(this.limit * 1.1), this.options.maxBatch);
    }
  }

  private async recover(error: Error, signal: AbortSignal): Promise<void> {
    const tooLarge = error instanceof RecordTooLarge;
    const forGood =
      error instanceof PositionError || error instanceof HaltError || (tooLarge && this.limit === 1);
    if (tooLarge) this.limit = Math.ceil(this.limit / 2);
    this.current = { state: forGood ? 'stopped' : 'waiting', reason: error.message };
    this.options.report(error, forGood ? undefined : this.backoffMs);
    if (forGood) return aborted(signal);
    if (tooLarge) return;
    await sleep(this.backoffMs, undefined, { signal }).catch(() => undefined);
    this.backoffMs = Math.min(this.backoffMs * 2, LAST_BACKOFF_MS);
  }
}

async function sleepUntil(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await sleep(left);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
