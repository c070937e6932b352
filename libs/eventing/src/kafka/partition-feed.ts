import type { ConsumedRecord } from './record.ts';
import type { FetchedPartition } from './wire/fetch.ts';

/** Records to handle together, and the position after them. */
export interface Batch {
  readonly records: readonly ConsumedRecord[];
  /** The next offset to be handled once these are: the fetch position when they are all that was fetched. */
  readonly nextOffset: bigint;
}

/** Records of one partition between the fetcher that brings them and the worker that takes them. */
export class PartitionFeed {
  readonly topic: string;
  readonly partition: number;
  private readonly limit: number;
  private buffered: ConsumedRecord[] = [];
  private fetchPosition = 0n;
  /** The position after what was taken last. */
  private takenPosition = 0n;
  private stableOffset = 0n;
  private error: Error | undefined;
  private started = false;
  private notify: (() => void) | undefined;
  private want: () => void = () => undefined;

  /** `limit`: records that may wait here before fetching stops. */
  constructor(topic: string, partition: number, limit = 2_000) {
    this.topic = topic;
    this.partition = partition;
    this.limit = limit;
  }

  /** Starts, or starts again, from an offset; whatever was buffered is dropped. */
  seek(offset: bigint): void {
    this.buffered = [];
    this.fetchPosition = offset;
    this.takenPosition = offset;
    this.error = undefined;
    this.started = true;
    this.want();
  }

  /** Stops fetching and drops what is buffered, until the next seek. */
  pause(): void {
    this.started = false;
    this.buffered = [];
  }

  get position(): bigint {
    return this.fetchPosition;
  }

  /** The last stable offset that the broker told. */
  get stableEnd(): bigint {
    return this.stableOffset;
  }

  get wanted(): boolean {
    return this.started && !this.error && this.buffered.length < this.limit;
  }

  onWanted(want: () => void): void {
    this.want = want;
  }

  push(fetched: FetchedPartition): void {
    if (!this.started) return;
    for (const record of fetched.records) this.buffered.push(record);
    this.fetchPosition = fetched.nextOffset;
    this.stableOffset = fetched.lastStableOffset;
    this.notify?.();
  }

  fail(error: Error): void {
    this.error = error;
    this.notify?.();
  }

  /**
   * The next records, at most `max`; waits for them. Without any when the position has moved past nothing but
   * markers and aborted records. Throws what made fetching stop, or the signal's reason.
   */
  async next(max: number, signal: AbortSignal): Promise<Batch> {
    await this.arrived(signal);
    return this.take(max);
  }

  /** Resolves when `next` would not wait. */
  async arrived(signal: AbortSignal): Promise<void> {
    while (this.buffered.length === 0 && this.fetchPosition === this.takenPosition)
      await this.arrival(signal);
  }

  /** Like `next`, but answers without records once everything before `end` was fetched. */
  async nextUntil(end: bigint, max: number, signal: AbortSignal): Promise<Batch> {
    while (this.buffered.length === 0 && this.fetchPosition < end) await this.arrival(signal);
    return this.take(max);
  }

  /** Gives back records that were taken, to be taken again next. */
  putBack(records: readonly ConsumedRecord[]): void {
    if (records.length > 0) this.buffered.unshift(...records);
  }

  private take(max: number): Batch {
    const wasFull = this.buffered.length >= this.limit;
    const records = this.buffered.splice(0, max);
    if (wasFull) this.want();
    const last = records.at(-1);
    this.takenPosition = this.buffered.length > 0 && last ? last.offset + 1n : this.fetchPosition;
    return { records, nextOffset: this.takenPosition };
  }

  private async arrival(signal: AbortSignal): Promise<void> {
    if (this.error) throw this.error;
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const arrived = () => resolve();
    this.notify = arrived;
    signal.addEventListener('abort', arrived);
    await promise;
    signal.removeEventListener('abort', arrived);
    this.notify = undefined;
    signal.throwIfAborted();
  }
}
