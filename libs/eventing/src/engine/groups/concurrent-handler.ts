import type { Log } from '../../log/log.ts';
import type { DoneRanges } from '../../log/done-ranges.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { unlessAborted } from '../../time/waiting.ts';
import type { Handled, Handler, Reached } from '../handler.ts';
import type { DivertingHandler } from './diverting-handler.ts';
import { RecordWindow, type WindowOptions } from './record-window.ts';

export type ConcurrencyOptions = Pick<WindowOptions, 'concurrency' | 'commitAfterMs' | 'clock'>;

/** Records that are committed together, at most: what follows from them is in one transaction. */
const MOST_AT_ONCE = 500;

/**
 * Handles records of different keys at once, and goes on with them beside the batches that follow. What becomes of each is decided as
 * ever. The position is that of the oldest that is not done; what is done beyond it is committed with it.
 */
export class ConcurrentHandler implements Handler {
  readonly defers = true;
  private readonly inner: DivertingHandler;
  private readonly options: ConcurrencyOptions;
  private window: RecordWindow;
  private stopping = new AbortController().signal;
  private voided = new AbortController();
  private change = Promise.withResolvers<void>();
  private told: () => void = () => undefined;
  private atOnce = MOST_AT_ONCE;
  /** Whose turn it is where both the window and what was parked are owed. */
  private parkedNext = false;

  constructor(inner: DivertingHandler, options: ConcurrencyOptions) {
    this.inner = inner;
    this.options = options;
    this.window = this.windowAt(new Map());
  }

  get sideTopics(): readonly string[] {
    return this.inner.sideTopics;
  }

  get notices(): readonly string[] {
    return this.inner.notices;
  }

  dueAt(record: ConsumedRecord): number {
    return this.inner.dueAt(record);
  }

  onOwing(listener: () => void): void {
    this.told = listener;
  }

  /** What was begun may end first: it would be begun once more beside itself. */
  async restore(
    log: Log,
    signal: AbortSignal,
    at: bigint,
    done: ReadonlyMap<string, DoneRanges>,
  ): Promise<void> {
    this.abandon();
    while (this.window.running > 0) await this.changed(signal);
    await this.inner.restore(log, signal, at, done);
    this.stopping = signal;
    this.voided = new AbortController();
    this.window = this.windowAt(new Map(done), this.window.error !== undefined);
  }

  /** Takes as many as there is room for; waits until there is some, or something else to do. */
  async handle(records: readonly ConsumedRecord[], signal: AbortSignal, end: Reached): Promise<Handled> {
    const { window } = this;
    const isStuck = () => window.error !== undefined || (records.length > 0 && window.room === 0);
    while (isStuck() && !this.owes) await this.changed(signal);
    if (isStuck()) return { output: [], rest: records };
    const [taken, rest] = [records.slice(0, window.room), records.slice(window.room)];
    try {
      const concerned = await this.inner.concerned(taken);
      window.add(concerned, { ...end, offset: rest[0]?.offset ?? end.offset });
      return { output: [], rest };
    } catch (error) {
      // What was done before is committed first.
      window.fail(error as Error);
      return { output: [], rest: records };
    }
  }

  get owes(): boolean {
    const isVoid = this.voided.signal.aborted;
    if (this.stopping.aborted) return !isVoid && this.window.unfinished;
    return isVoid ? this.inner.owes : this.window.due || this.settlesParked;
  }

  async settle(signal: AbortSignal): Promise<Handled | undefined> {
    const { window } = this;
    if (signal.aborted) while (window.running > 0 && window.next === undefined) await this.changed();
    const topic = window.next;
    const parkedFirst = this.parkedNext && this.settlesParked && !signal.aborted;
    this.parkedNext = !parkedFirst;
    if (topic !== undefined && !parkedFirst) return this.handOver(topic);
    if (signal.aborted) return undefined;
    if (window.error && window.running === 0) throw window.error;
    return this.settleParked(signal);
  }

  abandon(): void {
    this.voided.abort();
    this.window.close();
  }

  async close(): Promise<void> {
    await this.inner.close();
  }

  private windowAt(done: ReadonlyMap<string, DoneRanges>, careful = false): RecordWindow {
    const { inner } = this;
    const signal = AbortSignal.any([this.stopping, this.voided.signal]);
    return new RecordWindow({
      ...this.options,
      careful,
      signal,
      done,
      attempt: (record) => inner.attempt(record, signal),
      waits: (record) => inner.waits(record),
      reserved: () => inner.owes,
      changed: () => this.tell(),
    });
  }

  private handOver(topic: string): Handled {
    const { window, atOnce } = this;
    // Half as many next time unless these are committed: what follows from one of them may be too much.
    this.atOnce = Math.ceil(atOnce / 2);
    const { ended, reached } = window.hand(topic, atOnce);
    const handled = this.inner.follow(ended, reached);
    const committed: Handled['committed'] = async (offsets) => {
      await handled.committed?.(offsets);
      this.atOnce = Math.min(atOnce * 2, MOST_AT_ONCE);
      window.committed();
    };
    return { ...handled, committed };
  }

  private get settlesParked(): boolean {
    const { owes, nextKey } = this.inner;
    return owes && (nextKey === undefined || this.window.canHold(nextKey));
  }

  /** One after the other, as those of a key are: others go on meanwhile. */
  private async settleParked(signal: AbortSignal): Promise<Handled | undefined> {
    if (!this.settlesParked) return undefined;
    const { nextKey } = this.inner;
    const release = nextKey === undefined ? () => undefined : this.window.hold(nextKey);
    const handled = await this.inner.settle(signal);
    const committed: Handled['committed'] = async (offsets) => {
      await handled.committed?.(offsets);
      release();
    };
    return { ...handled, committed };
  }

  private tell(): void {
    const { resolve } = this.change;
    this.change = Promise.withResolvers();
    resolve();
    this.told();
  }

  private changed(signal?: AbortSignal): Promise<void> {
    const { promise } = this.change;
    return signal ? unlessAborted(promise, signal) : promise;
  }
}
