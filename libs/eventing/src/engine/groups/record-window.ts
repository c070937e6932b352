import { concernsMarks, type Outcome } from '../../failures/diversion.ts';
import type { DoneRanges } from '../../log/done-ranges.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { Clock } from '../../time/clock.ts';
import { weightOf } from '../worker/held-records.ts';
import type { Reached } from '../handler.ts';
import { LaneProgress } from './lane-progress.ts';

export interface WindowOptions {
  /** Records that are attempted at once, at most. */
  readonly concurrency: number;
  /** Milliseconds after the first that has ended until it is to be committed, while others run. */
  readonly commitAfterMs: number;
  readonly clock: Clock;
  /** Nothing begins once it has fired. */
  readonly signal: AbortSignal;
  /** One at a time, until one has ended: what was down may still be. */
  readonly careful: boolean;
  /** What earlier owners have done, by topic. */
  readonly done: ReadonlyMap<string, DoneRanges>;
  readonly attempt: (record: ConsumedRecord) => Promise<Outcome>;
  /** Whether the record would be parked now. */
  readonly waits: (record: ConsumedRecord) => boolean;
  /** Whether somebody wants a place for a key: see `hold`. */
  readonly reserved: () => boolean;
  /** Something has ended, or is to be committed now. */
  readonly changed: () => void;
}

/** A record in the window; `outcome` once it has ended. */
export interface Ended {
  readonly record: ConsumedRecord;
  readonly outcome: Outcome;
}

interface Task {
  readonly record: ConsumedRecord;
  readonly key: string;
  readonly lane: Lane;
  readonly weight: number;
  state: 'waiting' | 'running' | 'ended' | 'handed';
  outcome?: Outcome;
}

interface Lane {
  readonly topic: string;
  readonly progress: LaneProgress;
  /** There is something to commit, from this moment of `elapsed` on. */
  since?: number | undefined;
  /** Something has ended in it; otherwise its position has moved past what is nobody's business, which can wait. */
  urgent: boolean;
  /** It has waited for others for long enough. */
  due: boolean;
  cancel: () => void;
}

/** Records in it, and their bytes: memory, and the size of a transaction. */
const MOST_RECORDS = 500;
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * Records of all lanes of one partition that were taken and are not committed. So many are attempted at once, those of a key one after
 * the other, whichever lanes they come from. A slow one holds up its key, and nobody else, for as long as a position has room for what
 * is done beyond it.
 */
export class RecordWindow {
  private failure: Error | undefined;
  private readonly options: WindowOptions;
  /** In the order in which they were taken. */
  private tasks: Task[] = [];
  private readonly lanes = new Map<string, Lane>();
  private readonly held = new Set<string>();
  private weight = 0;
  private careful: boolean;

  constructor(options: WindowOptions) {
    this.options = options;
    this.careful = options.careful;
  }

  /** Why nothing begins any more. */
  get error(): Error | undefined {
    return this.failure;
  }

  /** Records that may be added. */
  get room(): number {
    return this.weight < MOST_BYTES ? MOST_RECORDS - this.tasks.length : 0;
  }

  get running(): number {
    return this.tasks.filter(({ state }) => state === 'running').length;
  }

  /** Takes records of a topic, and all that is before `end` and nobody's business. */
  add(records: readonly ConsumedRecord[], { topic, offset }: Reached): void {
    const lane = this.laneOf(topic);
    for (const record of records) {
      const key = record.key?.toString('latin1') ?? '';
      const weight = weightOf(record);
      this.tasks.push({ record, key, lane, weight, state: 'waiting' });
      this.weight += weight;
      lane.progress.add(record.offset);
    }
    lane.progress.reached(offset);
    if (lane.progress.isEmpty) this.toCommit(lane);
    this.start();
  }

  /** Something is to be committed now: nothing that runs would be waited for. */
  get due(): boolean {
    const isIdle = this.running === 0;
    for (const { since, due, urgent } of this.lanes.values())
      if (since !== undefined && (due || (isIdle && urgent))) return true;
    return isIdle && this.error !== undefined;
  }

  /** There is something to commit, or will be. */
  get unfinished(): boolean {
    const isTorn = this.tasks.some(({ state }) => state === 'handed');
    return !isTorn && (this.running > 0 || this.next !== undefined);
  }

  /** The topic that has waited longest to be committed. */
  get next(): string | undefined {
    const [longest] = [...this.lanes.values()]
      .filter(({ since }) => since !== undefined)
      .sort((a, b) => (a.since as number) - (b.since as number));
    return longest?.topic;
  }

  /** Hands over what has ended of a topic, so many at most, and where the group stands with it. It is done once it is `committed`. */
  hand(topic: string, most: number): { readonly ended: readonly Ended[]; readonly reached: Reached } {
    const lane = this.laneOf(topic);
    const all = this.tasks.filter((task) => task.lane === lane && task.state === 'ended');
    const handed = all.slice(0, most);
    for (const task of handed) {
      task.state = 'handed';
      lane.progress.finish(task.record.offset);
    }
    this.committing(lane);
    if (handed.length < all.length) {
      lane.urgent = true;
      this.toCommit(lane);
    }
    const { position: offset, done } = lane.progress;
    return { ended: handed as readonly (Task & Ended)[], reached: { topic, offset, done } };
  }

  /** Nothing begins any more. */
  fail(error: Error): void {
    this.failure ??= error;
    this.options.changed();
  }

  /** What was handed over is durable. */
  committed(): void {
    for (const { state, weight } of this.tasks) if (state === 'handed') this.weight -= weight;
    this.tasks = this.tasks.filter(({ state }) => state !== 'handed');
    this.start();
  }

  /** Whether nothing of a key is under way, and there is a place for it. */
  canHold(key: string): boolean {
    const isBusy = this.tasks.some((task) => task.key === key && task.state !== 'waiting');
    return !isBusy && this.running + this.held.size < this.most;
  }

  /** Keeps a key, and a place, for somebody else until it is given back. */
  hold(key: string): () => void {
    this.held.add(key);
    return () => {
      this.held.delete(key);
      this.start();
    };
  }

  close(): void {
    for (const lane of this.lanes.values()) lane.cancel();
  }

  private get most(): number {
    return this.careful ? 1 : this.options.concurrency;
  }

  private laneOf(topic: string): Lane {
    const known = this.lanes.get(topic);
    if (known) return known;
    const progress = new LaneProgress(this.options.done.get(topic));
    const lane = { topic, progress, urgent: false, due: false, cancel: () => undefined };
    this.lanes.set(topic, lane);
    return lane;
  }

  /** Begins what may begin. */
  private start(): void {
    const { signal, reserved, changed } = this.options;
    const elsewhere = Math.max(this.held.size, Number(!this.careful && reserved()));
    let free = this.most - this.running - elsewhere;
    const full = new Set<Lane>();
    const before = new Map<string, Task>();
    for (const task of this.tasks) {
      if (free <= 0 || signal.aborted || this.error) break;
      const { key, lane } = task;
      const may = task.state === 'waiting' && !full.has(lane) && this.mayFollow(before.get(key), task);
      if (may && this.hasRoomFor(task)) {
        this.begin(task);
        free--;
      } else if (may) full.add(lane);
      if (!isOver(task)) before.set(key, task);
    }
    changed();
  }

  /** Of a key one after the other; what is parked only has to come to its place behind others that are. */
  private mayFollow(before: Task | undefined, { record, key }: Task): boolean {
    if (this.held.has(key)) return false;
    return !before || (before.outcome?.type === 'parked' && this.options.waits(record));
  }

  private hasRoomFor({ lane, record }: Task): boolean {
    const running = this.tasks.filter((task) => task.lane === lane && task.state === 'running');
    return lane.progress.hasRoomFor(record.offset, running.length);
  }

  private begin(task: Task): void {
    task.state = 'running';
    const ended = (outcome: Outcome) => {
      task.outcome = outcome;
      task.state = 'ended';
      this.careful = false;
      task.lane.progress.ended(task.record.offset);
      task.lane.urgent = true;
      this.toCommit(task.lane);
    };
    const failed = (error: Error) => {
      task.state = 'waiting';
      this.fail(error);
    };
    void this.options
      .attempt(task.record)
      .then(ended, failed)
      .then(() => this.start());
  }

  private toCommit(lane: Lane): void {
    if (lane.since !== undefined) return;
    const { clock, commitAfterMs, signal, changed } = this.options;
    lane.since = clock.elapsed();
    // Nobody waits for a window that is stopping, or void.
    if (signal.aborted) return;
    lane.cancel = clock.timer(commitAfterMs, () => {
      lane.due = true;
      changed();
    });
  }

  private committing(lane: Lane): void {
    lane.cancel();
    lane.since = undefined;
    lane.due = false;
    lane.urgent = false;
  }
}

/** Nothing that comes after it depends on it any more, committed or not. */
const isOver = ({ state, outcome }: Task) =>
  (state === 'ended' || state === 'handed') && outcome !== undefined && !concernsMarks(outcome);
