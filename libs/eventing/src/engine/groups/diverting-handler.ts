import type { RecordHandler } from '../../failures/record-handler.ts';
import { type IgnoredOffsets, type IgnoredRecords, NOTHING_IGNORED } from '../../ignored/ignored-records.ts';
import type { Log } from '../../log/log.ts';
import type { DoneRanges } from '../../log/done-ranges.ts';
import { dueTime } from '../../log/due-time.ts';
import { type ConsumedRecord, offsetAfter, type OutgoingRecord } from '../../log/record.ts';
import type { Handled, Handler, Reached } from '../handler.ts';
import { Attempts } from '../../failures/attempts.ts';
import { Diversion, type DiversionOptions, type Outcome } from '../../failures/diversion.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { dueAfter } from '../../failures/failure-plan.ts';
import { type ParkedChanges, ParkedKeys } from '../../failures/parked-keys.ts';
import { ParkedSource } from '../../failures/parked-source.ts';
import { Parking } from '../../failures/parking.ts';
import { parkedKey, ParkedTopic } from '../../failures/parked-topic.ts';
import { UnreadableMarks } from '../../failures/unreadable-marks.ts';

export interface DivertingOptions extends DiversionOptions {
  /** The group's redrive topic and its retry topics, in their order, if it has any: see `sideLanes`. */
  readonly lanes: readonly string[];
  /** Keys of one partition that may be parked; 10,000 unless given. */
  readonly maxParkedKeys?: number;
  /** What operators have decided about records that are no events: they are passed over. */
  readonly ignored?: IgnoredRecords;
  /** Told what an operator should know about, and need not know at once. */
  readonly warn?: (text: string) => void;
  /** Milliseconds between two looks for marks that cannot be read; 30,000 unless given. */
  readonly lookEveryMs?: number;
}

/** A record, and what has come of it. */
export interface Attempted {
  readonly record: ConsumedRecord;
  readonly outcome: Outcome;
}

/** Parked records that are handled in one transaction, at most. */
const SETTLED_AT_ONCE = 200;

/**
 * Takes care of what another handler cannot handle: tries again at once, or later on a retry topic; gives up, and makes
 * a dead letter; parks the records behind it where their order matters; takes back what was redriven. Whatever it
 * decides is published in the transaction that moves the position.
 */
export class DivertingHandler implements Handler {
  readonly sideTopics: readonly string[];
  private readonly inner: RecordHandler;
  private readonly options: DivertingOptions;
  private readonly attempts: Attempts;
  private readonly parked: ParkedKeys;
  private readonly source: ParkedSource;
  private readonly marks: ParkedTopic;
  private readonly unreadable: UnreadableMarks;
  private log: Log | undefined;
  private ignored: IgnoredOffsets = NOTHING_IGNORED;
  private settledAtOnce = SETTLED_AT_ONCE;

  constructor(inner: RecordHandler, options: DivertingOptions) {
    const { at, plan, clock, lanes, maxParkedKeys = 10_000, warn = () => undefined, lookEveryMs } = options;
    this.inner = inner;
    this.options = options;
    this.sideTopics = lanes;
    this.attempts = new Attempts(inner, plan, clock);
    this.parked = new ParkedKeys(at.group, maxParkedKeys);
    this.source = new ParkedSource(at, this.parked, parkedKey, (records) => this.concerned(records));
    this.marks = new ParkedTopic(at);
    this.unreadable = new UnreadableMarks(this.parked, warn, lookEveryMs);
  }

  /** Only what is on a retry topic waits, and no longer than that topic's delay, whatever its header says. */
  dueAt(record: ConsumedRecord): number {
    const { lanes, plan } = this.options;
    // The redrive topic comes first among the lanes.
    const delayMs = plan.delaysMs[lanes.indexOf(record.topic) - 1];
    if (delayMs === undefined) return 0;
    return dueTime(record, FAILURE.due, dueAfter(delayMs, 0, 1), this.options.clock.now());
  }

  async restore(
    log: Log,
    signal: AbortSignal,
    at: bigint,
    done: ReadonlyMap<string, DoneRanges> = new Map(),
  ): Promise<void> {
    this.log = log;
    const { ignored, at: source } = this.options;
    this.ignored = (await ignored?.offsetsIn(log, source, signal)) ?? NOTHING_IGNORED;
    if (!this.parks) return;
    const { marks, changed } = await this.marks.read(log, signal);
    this.unreadable.found(log, this.marks);
    const stale = changed || this.source.isAhead(at);
    await this.source.restore(log, at, stale ? marks : undefined, signal, done.get(source.topic));
    this.unreadable.watch();
  }

  /** What is not ignored, and the handler's business, or was given back to it. */
  async concerned(records: readonly ConsumedRecord[]): Promise<readonly ConsumedRecord[]> {
    const isEvent = ({ topic }: ConsumedRecord) => topic === this.options.at.topic;
    const kept = records.filter((record) => !isEvent(record) || !this.ignored.has(record.offset));
    await this.inner.prepare(kept);
    return kept.filter((record) => !isEvent(record) || this.inner.concerns(record));
  }

  /** Handles one record after the other until it is time to commit; the rest is left for later. */
  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const concerned = await this.concerned(records);
    if (concerned.length === 0) return { output: [], canWait: true };
    const parked = this.parked.begin();
    const diversion = this.diversion(parked);
    const output: OutgoingRecord[] = [];
    const next = await this.untilCommit(concerned, signal, async (record) => {
      output.push(...(await diversion.deliver(record, signal)));
      return true;
    });
    return this.handled(output, parked, records, next ? records.indexOf(next) : records.length);
  }

  /** What `handle` does with one record, for whoever has several in hand at once: nothing is changed before it is followed. */
  attempt(record: ConsumedRecord, signal: AbortSignal): Promise<Outcome> {
    return this.diversion(this.parked.begin()).attempt(record, signal);
  }

  /** Whether the record would be parked now. */
  waits(record: ConsumedRecord): boolean {
    return this.diversion(this.parked.begin()).waits(record);
  }

  /** What follows from records that were attempted, in this order. Throws TooManyParked. */
  follow(attempted: readonly Attempted[], reached: Reached): Handled {
    const parked = this.parked.begin();
    const diversion = this.diversion(parked);
    const output = attempted.flatMap(({ record, outcome }) => diversion.follow(record, outcome));
    const { topic, offset, done = [] } = reached;
    return { ...this.followed(output, parked, topic, done.at(-1)?.to ?? offset), reached };
  }

  get owes(): boolean {
    return this.parked.next !== undefined || this.unreadable.covered.length > 0;
  }

  /** The key whose parked records are settled next, if any are. */
  get nextKey(): string | undefined {
    return this.unreadable.covered.length > 0 ? undefined : this.parked.next;
  }

  /** Handles records that were parked and are free to go, in their order, until one of them fails. */
  async settle(signal: AbortSignal): Promise<Handled> {
    if (this.unreadable.covered.length > 0) return this.uncover();
    const key = this.parked.next;
    if (key === undefined || !this.log) return { output: [] };
    const waiting = this.parked.of(key)?.waiting ?? [];
    const records = await this.source.recordsAt(this.log, waiting.slice(0, this.settledAtOnce), signal);
    await this.inner.prepare(records);
    const parked = this.parked.begin();
    // Those that wait may be none of its business any more, in a new version.
    if (waiting.length === 0) parked.forget(key);
    const output = await this.settleAll(key, records, parked, signal);
    const from = records[0]?.offset;
    return {
      output: [...output, ...this.marks.changes(parked)],
      committed: this.settling(() => parked.commit()),
      ...(from !== undefined && { from }),
    };
  }

  get notices(): readonly string[] {
    return [...this.unreadable.notices, ...(this.inner.notices ?? [])];
  }

  async close(): Promise<void> {
    this.unreadable.close();
    await this.inner.close?.();
  }

  /** Writes marks again above what is none: a tombstone, or compaction, would have taken both away. */
  private uncover(): Handled {
    const keys = this.unreadable.covered.slice(0, this.settledAtOnce);
    const output = keys.map((key) => this.marks.record(key, this.parked.of(key)));
    return { output, committed: this.settling(() => this.unreadable.uncovered(keys)) };
  }

  private get parks(): boolean {
    return this.options.plan.ordering === 'key';
  }

  private diversion(parked: ParkedChanges): Diversion {
    return new Diversion(this.inner, this.attempts, this.options, new Parking(parked, parkedKey));
  }

  /** Half as many next time unless these are committed: what follows from them may be too large for one transaction. */
  private settling(commit: () => void): () => void {
    const atOnce = this.settledAtOnce;
    this.settledAtOnce = Math.ceil(atOnce / 2);
    return () => {
      commit();
      this.settledAtOnce = Math.min(atOnce * 2, SETTLED_AT_ONCE);
    };
  }

  private async settleAll(
    key: string,
    records: readonly ConsumedRecord[],
    parked: ParkedChanges,
    signal: AbortSignal,
  ): Promise<OutgoingRecord[]> {
    const diversion = this.diversion(parked);
    const output: OutgoingRecord[] = [];
    let waitsAgain = false;
    const next = await this.untilCommit(records, signal, async (record) => {
      if (this.ignored.has(record.offset)) return true;
      const { type, output: following } = await diversion.settle(record, signal);
      output.push(...following);
      waitsAgain = type !== 'handled';
      return !waitsAgain;
    });
    // It waits behind itself: those before it are settled all the same.
    if (waitsAgain) return output;
    const last = next ? records[records.indexOf(next) - 1] : records.at(-1);
    if (last) parked.advance(key, last.offset);
    return output;
  }

  /**
   * One record after the other, as long as it answers that it goes on, and until it is time to commit. Answers the first one that
   * is left. When one throws, what was done until then is committed; the next batch begins with that one, and throws.
   */
  private async untilCommit(
    records: readonly ConsumedRecord[],
    signal: AbortSignal,
    goesOn: (record: ConsumedRecord) => Promise<boolean>,
  ): Promise<ConsumedRecord | undefined> {
    const { clock } = this.options;
    const commitAt = clock.elapsed() + (this.inner.commitAfterMs ?? Infinity);
    for (const [index, record] of records.entries()) {
      if (index > 0 && (clock.elapsed() >= commitAt || signal.aborted)) return record;
      try {
        if (!(await goesOn(record))) return record;
      } catch (error) {
        if (index === 0) throw error;
        return record;
      }
    }
    return undefined;
  }

  /** `end`: index of the first record that is left for later. */
  private handled(
    output: readonly OutgoingRecord[],
    parked: ParkedChanges,
    records: readonly ConsumedRecord[],
    end: number,
  ): Handled {
    const last = records[end - 1];
    const followed = this.followed(output, parked, last?.topic, last && offsetAfter(last));
    return { ...followed, rest: records.slice(end) };
  }

  /** `end`: up to which offset of the topic it has come then. */
  private followed(
    output: readonly OutgoingRecord[],
    parked: ParkedChanges,
    topic: string | undefined,
    end = 0n,
  ): Handled {
    const committed = () => {
      parked.commit();
      this.unreadable.watch();
      if (topic === this.options.at.topic) this.source.reached(end);
    };
    return { output: [...output, ...this.marks.changes(parked)], committed };
  }
}
