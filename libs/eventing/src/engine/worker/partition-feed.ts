import { HeldRecords, payloadOf } from './held-records.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { type ConsumedRecord, offsetAfter } from '../../log/record.ts';
import type { Fetched } from '../ports/feeds.ts';

/** Records to handle together, and the position after them. */
export interface Batch {
  readonly records: readonly ConsumedRecord[];
  /** The next offset to be handled once these are: the fetch position when they are all that was fetched. */
  readonly nextOffset: bigint;
}

/** Bytes that a record may weigh before a feed is bounded by bytes and not by its number of records. */
const USUAL_WEIGHT = 2 * 1024;
/** Bytes of a small record in the log: the first fetch asks for few, the next ones know what came. */
const FIRST_RECORD_BYTES = 32;

/** What somebody's open transaction keeps from a feed that has read everything before it. */
export interface HeldBack {
  readonly topic: string;
  readonly partition: number;
  /** The first offset that cannot be read: the last stable offset. */
  readonly offset: bigint;
  readonly highWatermark: bigint;
  /** Milliseconds for which that offset had stood still when the partition was fetched last. */
  readonly forMs: number;
}

/** Who brings the records of a feed, and the memory that it shares with others. */
export interface FeedSupply {
  /** The feed has room again. */
  readonly want: () => void;
  readonly budget: MemoryBudget;
}

/**
 * Records of one partition between the fetcher that brings them and the worker that takes them. Those in the
 * worker's hands count as held until it comes for the next. What is held is bounded by records and by bytes; the
 * log is fetched in whole batches, so that it can be above the bound by the last of them.
 */
export class PartitionFeed {
  readonly topic: string;
  readonly partition: number;
  private readonly limit: number;
  private readonly byteLimit: number;
  private readonly held = new HeldRecords();
  /** What the budget was told. */
  private charged = 0;
  private recordBytes = FIRST_RECORD_BYTES;
  private fetchPosition = 0n;
  /** The position after what was taken last. */
  private takenPosition = 0n;
  private stableOffset = 0n;
  private highWatermark = 0n;
  private stableSince = 0;
  private fetchedAt = 0;
  private error: Error | undefined;
  private started = false;
  private notify: (() => void) | undefined;
  private listener: (() => void) | undefined;
  private supply: FeedSupply | undefined;

  /** `limit`: records that may wait here; `byteLimit`: bytes that they may take, 2 KiB for each record unless given. */
  constructor(topic: string, partition: number, limit = 2_000, byteLimit = limit * USUAL_WEIGHT) {
    this.topic = topic;
    this.partition = partition;
    this.limit = limit;
    this.byteLimit = byteLimit;
  }

  /** Starts, or starts again, from an offset; whatever was held is dropped. */
  seek(offset: bigint): void {
    this.drop();
    this.fetchPosition = offset;
    this.takenPosition = offset;
    this.error = undefined;
    this.started = true;
    this.supply?.want();
  }

  /** Stops fetching and drops what is held, until the next seek. */
  pause(): void {
    this.started = false;
    this.drop();
  }

  get position(): bigint {
    return this.fetchPosition;
  }

  /** The last stable offset that the broker told. */
  get stableEnd(): bigint {
    return this.stableOffset;
  }

  /** What is held back here by an open transaction, if anything is. */
  get heldBack(): HeldBack | undefined {
    const { topic, partition, stableOffset: offset, highWatermark } = this;
    if (!this.started || offset >= highWatermark || this.fetchPosition < offset) return undefined;
    return { topic, partition, offset, highWatermark, forMs: this.fetchedAt - this.stableSince };
  }

  /** Bytes of the records that wait here, and of those that were taken last. */
  get weight(): number {
    return this.held.weight;
  }

  /** Records that wait. */
  get waiting(): number {
    return this.held.count;
  }

  /** Bytes of the log that a fetch may bring: none unless half of the room is free, so that fetches are worth it. */
  get room(): number {
    const records = this.limit - this.held.count;
    const bytes = this.byteLimit - this.held.weight;
    if (!this.started || this.error || records * 2 < this.limit || bytes * 2 < this.byteLimit) return 0;
    return Math.max(1, Math.min(bytes, Math.ceil(records * this.recordBytes)));
  }

  get wanted(): boolean {
    return this.room > 0;
  }

  /** There is something for `next` to answer, or to throw. */
  get ready(): boolean {
    return this.error !== undefined || this.held.count > 0 || this.fetchPosition !== this.takenPosition;
  }

  /** The record that `next` would begin with, if one is there. */
  get head(): ConsumedRecord | undefined {
    return this.held.head;
  }

  /** Called, from now on, whenever `ready` may have become true. */
  onArrival(listener: () => void): void {
    this.listener = listener;
  }

  /** From now on, what is held counts in this supply's budget. */
  onWanted(supply: FeedSupply): void {
    this.supply = supply;
    this.charge();
  }

  push(fetched: Fetched): void {
    if (!this.started) return;
    this.held.add(fetched.records);
    this.measure(fetched.records);
    this.fetchPosition = fetched.nextOffset;
    this.note(fetched);
    this.charge();
    this.tell();
  }

  private note({ lastStableOffset, highWatermark, at }: Fetched): void {
    const held = this.stableOffset < this.highWatermark;
    this.fetchedAt = at;
    if (!held || lastStableOffset !== this.stableOffset) this.stableSince = this.fetchedAt;
    this.stableOffset = lastStableOffset;
    this.highWatermark = highWatermark;
  }

  fail(error: Error): void {
    this.error = error;
    this.tell();
  }

  /**
   * The next records, at most `max`, and of half the bytes that may be held; waits for them. Without any when the
   * position has moved past nothing but markers and aborted records. Throws what made fetching stop, or the
   * signal's reason.
   */
  async next(max: number, signal: AbortSignal): Promise<Batch> {
    await this.arrived(signal);
    return this.take(max, this.byteLimit / 2);
  }

  /** Resolves when `next` would not wait. */
  async arrived(signal: AbortSignal): Promise<void> {
    this.letGo();
    while (this.held.count === 0 && this.fetchPosition === this.takenPosition) await this.arrival(signal);
  }

  /** What was taken before has been dealt with. */
  letGo(): void {
    this.changing(() => this.held.letGo());
  }

  /** Like `next`, but answers without records once everything before `end` was fetched. */
  async nextUntil(end: bigint, max: number, signal: AbortSignal): Promise<Batch> {
    this.letGo();
    while (this.held.count === 0 && this.fetchPosition < end) await this.arrival(signal);
    return this.take(max, Infinity);
  }

  /** Gives back records from the end of what was taken last, to be taken again next. */
  putBack(records: readonly ConsumedRecord[]): void {
    this.held.putBack(records.length);
  }

  private take(max: number, maxWeight: number): Batch {
    const records = this.changing(() => this.held.take(max, maxWeight));
    const last = records.at(-1);
    this.takenPosition = this.held.count > 0 && last ? offsetAfter(last) : this.fetchPosition;
    return { records, nextOffset: this.takenPosition };
  }

  private measure(records: readonly ConsumedRecord[]): void {
    if (records.length === 0) return;
    const payload = records.reduce((sum, record) => sum + payloadOf(record), 0);
    this.recordBytes = Math.max(FIRST_RECORD_BYTES, payload / records.length);
  }

  private drop(): void {
    this.held.clear();
    this.charge();
  }

  /** Changes what is held; asks for more when that made room. */
  private changing<T>(change: () => T): T {
    const [wanted, weight] = [this.wanted, this.weight];
    const result = change();
    this.charge();
    // One that holds nothing any more is fetched for even when the budget is used up by others.
    const emptied = weight > 0 && this.weight === 0;
    if (this.wanted && (!wanted || emptied)) this.supply?.want();
    return result;
  }

  private charge(): void {
    const change = this.held.weight - this.charged;
    if (!this.supply) return;
    this.charged += change;
    if (change > 0) this.supply.budget.take(change);
    else this.supply.budget.give(-change);
  }

  private tell(): void {
    this.notify?.();
    this.listener?.();
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
