import { HaltError, PartitionLost, PositionError, RecordTooLarge } from '../log/errors.ts';
import type { Outage, Outages } from '../failures/outage.ts';
import type { Feeds } from './feeds.ts';
import { type DueAt, type LaneBatch, Lanes, type Positions } from './lanes.ts';
import type { HeldBack } from './partition-feed.ts';
import type { Clock } from '../time/clock.ts';
import { sleep, sleepUntil, within } from '../time/waiting.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { Supervisor } from './supervisor.ts';
import { HandlerStuck, Turn } from './turn.ts';

/** What is done with the records of one assigned partition. */
export interface Processor {
  /** Topics whose partition of the same number is worked on by the same worker. */
  readonly sideTopics?: readonly string[];
  /** When a record of a side topic may be handled; at once unless given. */
  readonly dueAt?: DueAt;
  /** What operators should know, though it stops nothing. */
  readonly notices?: readonly string[];
  /** The whole assignment sequence; answers the offsets to go on from. Runs again after every failure. */
  assign(signal: AbortSignal): Promise<Positions>;
  /**
   * Handles a batch. When it resolves, what came of it and the new position are durable together. Answers the
   * records, from its end, that are left for later. Calls `handled` once the handler has answered, before
   * anything leaves this process: it throws when that came too late. A processor whose late results do no harm
   * need not call it.
   */
  process(batch: LaneBatch, signal: AbortSignal, handled: () => void): Promise<readonly ConsumedRecord[]>;
  /** Whether there is something to do that no batch will bring: records that were parked, and are free to go. */
  readonly owes?: boolean;
  /** Does some of what it owes; durable when it resolves, like a batch. */
  settle?(signal: AbortSignal, handled: () => void): Promise<void>;
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
  readonly clock: Clock;
  /** The group's name, for the reasons that are told. */
  readonly group?: string;
  readonly topic: string;
  readonly partition: number;
  readonly maxBatch: number;
  /** Milliseconds that the handler may take for one batch; 60,000 unless given. */
  readonly handlerTimeoutMs?: number;
  /** What is known about dependencies that are down, shared with other workers. */
  readonly outages?: Outages;
  /** `next`: milliseconds until it tries again, or the dependency that it waits for; nothing when it has stopped for good. */
  readonly report: (error: Error, next: number | string | undefined) => void;
}

/**
 * Milliseconds between the end of one batch and the start of the next: as long as the batch took, within these. A record
 * that comes alone is handled at once. Under load more of them share a transaction, and the more loaded the broker is, the
 * more: what a transaction costs hardly depends on how many records are in it.
 */
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 250;
const FIRST_BACKOFF_MS = 50;
const LAST_BACKOFF_MS = 5_000;
const HANDLER_MS = 60_000;
/** Milliseconds in which leaders answer that are there: a fetch that finds nothing for others is held for 250. */
const FETCHED_MS = 500;
/** Milliseconds after which there is nothing to try with: a turn is given on, and a hang is past. */
const TURN_MS = 2_000;
/** Milliseconds without a record after which it is seen whether something is owed. */
const IDLE_MS = 5_000;
/** The longest wait after a handler hung again: each time leaves one of its calls behind that nobody can end. */
const LAST_HANG_BACKOFF_MS = 300_000;
/** Milliseconds that a batch under way may take to finish when the worker is stopped, and then to be given up. */
const FINISHING_MS = 6_000;
const GIVING_UP_MS = 500;

/**
 * Works through one assigned partition until it is stopped: assign, then batch after batch. Any failure throws
 * the batch away and starts over with the whole assignment sequence, after a backoff; nothing is skipped. A handler
 * that hangs is a failure too: from then on it gets one record at a time, and longer waits when that repeats. The
 * partition is not given to another member: the same record, or the same database, would hang there, and the
 * partitions that work would move for nothing.
 */
export class PartitionWorker {
  private readonly processor: Processor;
  private readonly options: WorkerOptions;
  private readonly lanes: Lanes;
  private readonly stopping = new AbortController();
  private readonly supervisor: Supervisor;
  private readonly done: Promise<void>;
  private turn: Turn | undefined;
  private current: WorkerStatus = { state: 'starting' };
  private backoffMs = FIRST_BACKOFF_MS;
  private hangs = 0;
  private outage: Outage | undefined;
  private assigned = false;
  private metBeforeAssigned = false;
  private settling = false;
  /** Records of a batch: fewer after the broker refused one as too large, more again with each success. */
  private limit: number;

  constructor(feeds: Feeds, processor: Processor, options: WorkerOptions) {
    const topics = [...(processor.sideTopics ?? []), options.topic];
    this.processor = processor;
    this.options = options;
    this.limit = options.maxBatch;
    this.lanes = new Lanes(feeds, topics, options.partition, options.clock, processor.dueAt?.bind(processor));
    this.supervisor = new Supervisor(options.clock, 'The worker', (error) => options.report(error, 0));
    this.done = this.live();
  }

  /** What somebody's open transactions keep from it. */
  get heldBack(): readonly HeldBack[] {
    return this.lanes.heldBack;
  }

  get notices(): readonly string[] {
    return this.processor.notices ?? [];
  }

  get status(): WorkerStatus {
    const reason = this.supervisor.trouble;
    return reason === undefined ? this.current : { state: 'waiting', reason };
  }

  /**
   * Lets the batch under way finish, then gives everything back. Resolves within 6.5 seconds, also when the handler
   * hangs or brokers do not answer; a handler's result that comes later is thrown away.
   */
  async stop(): Promise<void> {
    const lost = new PartitionLost(this.options.topic, this.options.partition);
    this.stopping.abort(lost);
    if (await within(this.options.clock, FINISHING_MS, this.done)) return;
    this.turn?.giveUp(lost);
    await within(this.options.clock, GIVING_UP_MS, this.done);
  }

  /** Never rejects: nobody would hear it before the worker is stopped. */
  private async live(): Promise<void> {
    const { signal } = this.stopping;
    await this.supervisor.run(() => this.run(signal), signal);
    this.lanes.remove();
    this.outage?.leave();
    this.current = { state: 'stopped' };
    await this.processor.close().catch((error: Error) => this.options.report(error, undefined));
  }

  private async run(signal: AbortSignal): Promise<void> {
    this.current = { state: 'starting' };
    while (!signal.aborted) {
      try {
        await this.work(signal);
      } catch (error) {
        this.lanes.pause();
        await this.processor.abandon();
        if (!signal.aborted) await this.recover(error as Error, signal);
      }
    }
  }

  private async work(signal: AbortSignal): Promise<void> {
    this.assigned = false;
    this.lanes.seek(await this.processor.assign(signal));
    this.assigned = true;
    // There may be nothing to handle that would show it.
    if (this.metBeforeAssigned) this.endOutage();
    // After a hang or an outage of a batch, only a batch that was handled shows that it is over.
    if (this.hangs === 0 && !this.outage) this.current = { state: 'running' };
    else await this.tryOrLeave(signal);
    const { clock } = this.options;
    for (let nextAt = this.firstTurn(); ;) {
      if (this.processor.owes) await this.settle(signal);
      else await this.lanes.arrived(signal, IDLE_MS);
      await sleepUntil(clock, nextAt);
      const began = clock.elapsed();
      const batch = await this.lanes.take(this.limit, signal);
      if (!batch) continue;
      const full = await this.handle(batch, signal);
      nextAt = clock.elapsed() + (full ? 0 : restAfter(clock.elapsed() - began));
    }
  }

  /** Whose record is there no more, as it is at-most-once, has nothing to try with: the turn is for somebody else. */
  private async tryOrLeave(signal: AbortSignal): Promise<void> {
    if (this.processor.owes || (await this.lanes.arrived(signal, TURN_MS))) return;
    this.outage?.leave();
    this.outage = undefined;
    this.hangs = 0;
    this.current = { state: 'running' };
  }

  /** After failures in a row all lanes get the time to be fetched: what is in one of them may be what another waits for. */
  private firstTurn(): number {
    return this.backoffMs > 2 * FIRST_BACKOFF_MS ? this.options.clock.elapsed() + FETCHED_MS : -Infinity;
  }

  /** Answers whether the batch was a full one. */
  private async handle(batch: LaneBatch, signal: AbortSignal): Promise<boolean> {
    this.turn = this.turnOf(batch.topic, batch.records[0]?.offset ?? batch.nextOffset);
    const rest = await this.turn.run((handled) => this.processor.process(batch, signal, handled));
    this.lanes.putBack(batch.topic, rest);
    if (batch.records.length > 0) this.succeeded();
    const full = batch.records.length >= this.limit || rest.length > 0;
    this.limit = Math.min(Math.ceil(this.limit * 1.1), this.options.maxBatch);
    return full;
  }

  private async settle(signal: AbortSignal): Promise<void> {
    this.turn = this.turnOf(this.options.topic);
    this.settling = true;
    await this.turn.run(async (handled) => this.processor.settle?.(signal, handled));
    this.settling = false;
    this.succeeded();
  }

  private succeeded(): void {
    this.backoffMs = FIRST_BACKOFF_MS;
    this.hangs = 0;
    this.endOutage();
    this.current = { state: 'running' };
  }

  private endOutage(): void {
    this.outage?.over();
    this.outage = undefined;
    this.metBeforeAssigned = false;
  }

  private async recover(error: Error, signal: AbortSignal): Promise<void> {
    const tooLarge = error instanceof RecordTooLarge;
    const alone = this.limit === 1 && !this.settling;
    const forGood = error instanceof PositionError || error instanceof HaltError || (tooLarge && alone);
    if (tooLarge && !this.settling) this.limit = Math.ceil(this.limit / 2);
    const pauses = !tooLarge || this.settling;
    this.settling = false;
    if (error instanceof HandlerStuck) this.slowDown();
    this.meet(error);
    this.current = { state: forGood ? 'stopped' : 'waiting', reason: this.reasonOf(error) };
    this.options.report(error, forGood ? undefined : (this.outage?.dependency ?? this.backoffMs));
    if (forGood) return aborted(signal);
    if (!pauses) return;
    if (this.outage) return this.outage.tryAgain(signal);
    await sleep(this.options.clock, this.backoffMs, signal).catch(() => undefined);
    this.backoffMs = Math.min(this.backoffMs * 2, LAST_BACKOFF_MS);
  }

  private reasonOf({ message }: Error): string {
    return this.outage ? `${this.outage.dependency} is down: ${message}` : message;
  }

  /** One outage at a time: whoever comes from one and meets another no longer tries for the first. */
  private meet(error: Error): void {
    const met = this.options.outages?.met(error, this.outage);
    if (met !== this.outage) this.outage?.leave();
    this.outage = met;
    this.metBeforeAssigned = met !== undefined && !this.assigned;
  }

  /** One record at a time, so that the reason names the one that hangs; a first hang may be chance and costs no wait. */
  private slowDown(): void {
    const { handlerTimeoutMs = HANDLER_MS } = this.options;
    this.limit = 1;
    this.backoffMs = Math.max(
      this.backoffMs,
      Math.min(this.hangs++ * handlerTimeoutMs, LAST_HANG_BACKOFF_MS),
    );
  }

  private turnOf(topic: string, offset?: bigint): Turn {
    const { clock, group = 'a group', partition, handlerTimeoutMs = HANDLER_MS } = this.options;
    const at = offset === undefined ? 'among parked records' : `at offset ${offset}`;
    const where = `${group} ${topic}-${partition} ${at}`;
    return new Turn(clock, handlerTimeoutMs, () => new HandlerStuck(where, handlerTimeoutMs));
  }
}

/** Milliseconds to rest after a batch that took so many. After a full batch there is none: the next would not be larger. */
const restAfter = (tookMs: number) => Math.min(Math.max(tookMs, SHORTEST_REST_MS), LONGEST_REST_MS);

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
