import { PartitionLost } from '../../log/errors.ts';
import type { Outages } from '../../failures/outage.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { Clock } from '../../time/clock.ts';
import { sleep, sleepUntil, within } from '../../time/waiting.ts';
import type { Feeds } from '../ports/feeds.ts';
import { type LaneBatch, Lanes } from './lanes.ts';
import type { HeldBack } from './partition-feed.ts';
import type { Processor } from './processor.ts';
import { Supervisor } from './supervisor.ts';
import { HandlerStuck, Turn } from './turn.ts';
import {
  assigned,
  begun,
  excused,
  failed,
  failsAgain,
  grown,
  outageOf,
  type Step,
  succeeded,
  type WorkerLimits,
  type WorkerState,
} from './worker-state.ts';

export interface WorkerStatus {
  readonly state: 'starting' | 'running' | 'waiting' | 'stopped';
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
const HANDLER_MS = 60_000;
/** Milliseconds in which leaders answer that are there: a fetch that finds nothing for others is held for 450. */
const FETCHED_MS = 700;
/** Milliseconds after which there is nothing to try with: a turn is given on, and a hang is past. */
const TURN_MS = 2_000;
/** Milliseconds that a batch under way may take to finish when the worker is stopped, and then to be given up. */
const FINISHING_MS = 6_000;
const GIVING_UP_MS = 500;

/**
 * Works through one assigned partition until it is stopped: assign, then batch after batch. Any failure throws
 * the batch away and starts over with the whole assignment sequence, after a backoff; nothing is skipped. A handler
 * that hangs is a failure too: from then on it gets one record at a time, and longer waits when that repeats. The
 * partition is not given to another member: the same record, or the same database, would hang there, and the
 * partitions that work would move for nothing. What a failure asks for is decided in `worker-state.ts`.
 */
export class PartitionWorker {
  private readonly processor: Processor;
  private readonly options: WorkerOptions;
  private readonly limits: WorkerLimits;
  private readonly lanes: Lanes;
  private readonly stopping = new AbortController();
  private readonly supervisor: Supervisor;
  private readonly done: Promise<void>;
  private state: WorkerState;
  private step: Step = { type: 'assigning' };

  constructor(feeds: Feeds, processor: Processor, options: WorkerOptions) {
    const { topic, partition, clock, maxBatch, handlerTimeoutMs = HANDLER_MS } = options;
    const topics = [...(processor.sideTopics ?? []), topic];
    this.processor = processor;
    this.options = options;
    this.limits = { maxBatch, handlerTimeoutMs };
    this.state = begun(this.limits);
    this.lanes = new Lanes(feeds, topics, partition, clock, processor.dueAt?.bind(processor));
    processor.onOwing?.(() => this.lanes.wake());
    this.supervisor = new Supervisor(clock, 'The worker', (error) => options.report(error, 0));
    this.done = this.live();
  }

  /** What somebody's open transactions keep from it. */
  get heldBack(): readonly HeldBack[] {
    return this.lanes.heldBack;
  }

  get notices(): readonly string[] {
    return this.processor.notices ?? [];
  }

  /** To be called now and then: what it owes may come from elsewhere than its batches, and while none come. */
  look(): void {
    if (this.processor.owes) this.lanes.wake();
  }

  get status(): WorkerStatus {
    const reason = this.supervisor.trouble;
    return reason === undefined ? statusOf(this.state) : { state: 'waiting', reason };
  }

  /**
   * Lets the batch under way finish, then gives everything back. Resolves within 6.5 seconds, also when the handler
   * hangs or brokers do not answer; a handler's result that comes later is thrown away.
   */
  async stop(): Promise<void> {
    const { topic, partition, clock } = this.options;
    const lost = new PartitionLost(topic, partition);
    this.stopping.abort(lost);
    if (await within(clock, FINISHING_MS, this.done)) return;
    if ('turn' in this.step) this.step.turn.giveUp(lost);
    await within(clock, GIVING_UP_MS, this.done);
  }

  /** Never rejects: nobody would hear it before the worker is stopped. */
  private async live(): Promise<void> {
    const { signal } = this.stopping;
    await this.supervisor.run(() => this.run(signal), signal);
    this.lanes.remove();
    this.become({ ...this.state, mode: { type: 'stopped', reason: undefined } }, 'leave');
    await this.processor.close().catch((error: Error) => this.options.report(error, undefined));
  }

  private async run(signal: AbortSignal): Promise<void> {
    this.become({ ...this.state, mode: { type: 'starting' } }, 'leave');
    while (!signal.aborted) {
      try {
        await this.work(signal);
      } catch (error) {
        if (signal.aborted) await this.finish(signal);
        this.lanes.pause();
        await this.processor.abandon();
        if (!signal.aborted) await this.recover(error as Error, signal);
      }
    }
  }

  /** Is assigned; then takes batch after batch, and has each handled. Throws what fails. */
  private async work(signal: AbortSignal): Promise<never> {
    const { clock } = this.options;
    await this.assign(signal);
    for (let nextAt = this.firstTurn(); ;) {
      this.step = { type: 'taking' };
      if (this.processor.owes) await this.settle(signal);
      else await this.lanes.arrived(signal, Infinity, () => this.processor.owes === true);
      await sleepUntil(clock, nextAt);
      const began = clock.elapsed();
      const batch = await this.lanes.take(this.state.limit, signal);
      if (!batch) continue;
      const left = await this.handle(batch, signal);
      const took = clock.elapsed() - began;
      nextAt = clock.elapsed() + (this.processor.paced ? 0 : restAfter(left, took));
    }
  }

  private async assign(signal: AbortSignal): Promise<void> {
    this.step = { type: 'assigning' };
    this.lanes.seek(await this.processor.assign(signal));
    this.step = { type: 'taking' };
    this.become(assigned(this.state), 'over');
    if (this.state.mode.type !== 'trying') return;
    // Whose record is there no more, as it is at-most-once, has nothing to try with: the turn is for somebody else.
    const canTry = this.processor.owes || (await this.lanes.arrived(signal, TURN_MS));
    if (!canTry) this.become(excused(this.state), 'leave');
  }

  /** After failures in a row all lanes get the time to be fetched: what is in one of them may be what another waits for. */
  private firstTurn(): number {
    return failsAgain(this.state) ? this.options.clock.elapsed() + FETCHED_MS : -Infinity;
  }

  /** Answers what is left: `more` when the next batch would be a full one, too. */
  private async handle(batch: LaneBatch, signal: AbortSignal): Promise<Left> {
    const { topic, records, nextOffset } = batch;
    const turn = this.turnOf(topic, `at offset ${records[0]?.offset ?? nextOffset}`);
    this.step = { type: 'handling', turn };
    const rest = await turn.run((handled) => this.processor.process(batch, signal, handled));
    this.lanes.putBack(topic, rest);
    const left = leftOf(batch, rest, this.state.limit);
    if (records.length > 0 && !this.processor.defers) this.become(succeeded(this.state), 'over');
    this.state = grown(this.state, this.limits);
    return left;
  }

  private async settle(signal: AbortSignal): Promise<void> {
    const turn = this.turnOf(this.options.topic, 'among parked records');
    this.step = { type: 'settling', turn };
    await turn.run(async (handled) => this.processor.settle?.(signal, handled));
    this.step = { type: 'taking' };
    this.become(succeeded(this.state), 'over');
  }

  /** What is under way beside the batches may end, and is committed. */
  private async finish(signal: AbortSignal): Promise<void> {
    try {
      while (this.processor.defers && this.processor.owes) await this.settle(signal);
    } catch {
      // It comes again.
    }
  }

  /** Says what has failed, and waits for as long as that asks for. */
  private async recover(error: Error, signal: AbortSignal): Promise<void> {
    const outage = this.options.outages?.met(error, outageOf(this.state));
    this.become(failed(this.state, { error, at: this.step.type, outage }, this.limits), 'leave');
    const { mode } = this.state;
    const { report, clock } = this.options;
    switch (mode.type) {
      case 'waiting-for':
        report(error, mode.outage.dependency);
        return mode.outage.tryAgain(signal);
      case 'backing-off':
        report(error, mode.ms);
        return sleep(clock, mode.ms, signal).catch(() => undefined);
      case 'splitting':
        return report(error, 0);
      default:
        report(error, undefined);
        return aborted(signal);
    }
  }

  /** One outage at a time: what becomes of the one that it waited for, if that is in the past now. */
  private become(next: WorkerState, ending: 'over' | 'leave'): void {
    const before = outageOf(this.state);
    this.state = next;
    if (before !== outageOf(next)) before?.[ending]();
  }

  private turnOf(topic: string, at: string): Turn {
    const { clock, group = 'a group', partition } = this.options;
    const { handlerTimeoutMs } = this.limits;
    const where = `${group} ${topic}-${partition} ${at}`;
    return new Turn(clock, handlerTimeoutMs, () => new HandlerStuck(where, handlerTimeoutMs));
  }
}

function statusOf({ mode }: WorkerState): WorkerStatus {
  switch (mode.type) {
    case 'starting':
      return { state: 'starting' };
    case 'working':
      return { state: 'running' };
    case 'stopped':
      return { state: 'stopped', ...(mode.reason !== undefined && { reason: mode.reason }) };
    default:
      return { state: 'waiting', reason: mode.reason };
  }
}

/** What is left after a batch: more that waits already, or what has yet to come. */
type Left = 'more' | 'nothing';

const leftOf = ({ records }: LaneBatch, rest: readonly ConsumedRecord[], limit: number): Left =>
  records.length >= limit || rest.length > 0 ? 'more' : 'nothing';

/** Milliseconds to rest after a batch that took so many. After a full batch there is none: the next would not be larger. */
const restAfter = (left: Left, tookMs: number) =>
  left === 'more' ? 0 : Math.min(Math.max(tookMs, SHORTEST_REST_MS), LONGEST_REST_MS);

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
