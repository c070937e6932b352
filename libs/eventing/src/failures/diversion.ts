import type { RecordHandler } from './record-handler.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { Attempted, Attempts } from './attempts.ts';
import { believedCopy, releasedIn } from './believed-copies.ts';
import { deadLetter, retryCopy } from './copies.ts';
import { dueAfter, type FailurePlan } from './failure-plan.ts';
import { type Failure, failureOf } from './failure.ts';
import type { ParkedChanges } from './parked-keys.ts';
import type { SourcePartition } from './parked-source.ts';
import { parkedKey } from './parked-topic.ts';
import type { FailureReporter } from './reporter.ts';

export interface DiversionOptions {
  readonly at: SourcePartition;
  readonly plan: FailurePlan;
  /** The group's redrive topic and its retry topics, in their order, if it has any: see `sideLanes`. */
  readonly lanes: readonly string[];
  readonly reporter: FailureReporter;
  readonly service: string;
  readonly version: string;
  /** From 0 to 1, for the jitter of delays. */
  readonly random?: () => number;
}

/** What becomes of the records of one batch, one after the other: see DivertingHandler. */
export class Diversion {
  private readonly inner: RecordHandler;
  private readonly attempts: Attempts;
  private readonly options: DiversionOptions;
  private readonly parked: ParkedChanges;

  constructor(inner: RecordHandler, attempts: Attempts, options: DiversionOptions, parked: ParkedChanges) {
    this.inner = inner;
    this.attempts = attempts;
    this.options = options;
    this.parked = parked;
  }

  /** Rejects when a dependency is down; nothing is decided then. */
  async deliver(record: ConsumedRecord, signal: AbortSignal): Promise<OutgoingRecord[]> {
    const { at, lanes } = this.options;
    if (isRelease(record, lanes)) return this.release(record, releasedIn(record));
    if (record.topic !== at.topic) return this.deliverCopy(record, signal);
    const key = record.key && parkedKey(record.key);
    const parked = key === null ? undefined : this.parked.of(key);
    // At-least-once, the mark of a failure may be there before the position: what failed then is not behind itself.
    if (key === null || !parked || record.offset < parked.since) return this.deliverOriginal(record, signal);
    this.parked.park(key, record.offset);
    return [];
  }

  /** A record that was parked. Answers what is to be published, and whether the next one of its key may follow. */
  async settle(
    record: ConsumedRecord,
    signal: AbortSignal,
  ): Promise<{ output: OutgoingRecord[]; goesOn: boolean }> {
    const attempted = await this.attempts.make(record, signal);
    return { output: this.follow(record, attempted), goesOn: !('thrown' in attempted) };
  }

  private async deliverOriginal(record: ConsumedRecord, signal: AbortSignal): Promise<OutgoingRecord[]> {
    return this.follow(record, await this.attempts.make(record, signal));
  }

  /** A record of a retry topic or the redrive topic: it has failed before, unless somebody else has put it there. */
  private async deliverCopy(copy: ConsumedRecord, signal: AbortSignal): Promise<OutgoingRecord[]> {
    const { original, before } = believedCopy(copy, this.options.at);
    // What the handler is no longer concerned with, in a new version, is done with.
    const concerned = this.inner.concerns(original);
    const attempted = concerned ? await this.attempts.make(original, signal) : { output: [] };
    // The redrive topic comes first among the lanes, and stands for no retry.
    if ('thrown' in attempted) {
      const { output } = this.divert(original, attempted, this.options.lanes.indexOf(copy.topic), before);
      return output;
    }
    const told = before && before.redrives > 0 ? this.options.reporter.handled(original, before) : [];
    return [...attempted.output, ...told, ...this.release(original, before?.id)];
  }

  private follow(original: ConsumedRecord, attempted: Attempted): OutgoingRecord[] {
    if (!('thrown' in attempted)) return [...attempted.output];
    const { output, failure } = this.divert(original, attempted, 0);
    if (this.options.plan.ordering === 'key' && original.key) {
      const since = original.offset + 1n;
      this.parked.block(parkedKey(original.key), { failureId: failure.id, since, released: false });
    }
    return output;
  }

  /** The copy for the next retry topic, or the dead letter and its report. `retried`: delays that are behind it. */
  private divert(
    original: ConsumedRecord,
    { thrown, retryable }: Extract<Attempted, { retryable: boolean }>,
    retried: number,
    before?: Failure,
  ): { output: OutgoingRecord[]; failure: Failure } {
    const { plan, at, service, version, reporter, random = Math.random } = this.options;
    const handler = this.inner.nameFor(original);
    const who = { group: at.group, handler, service, version };
    const failure = failureOf(original, { ...who, thrown }, before);
    const due = dueAfter(plan.delaysMs[retried] ?? Infinity, failure.last.at, random());
    const again = retryable && due <= failure.since + plan.withinMs;
    const output = again
      ? [retryCopy(original, failure, retried + 1, due, at.topic)]
      : [deadLetter(original, failure, at.topic), ...reporter.deadLettered(original, failure)];
    return { output, failure };
  }

  private release({ key }: ConsumedRecord, failureId: string | undefined): OutgoingRecord[] {
    if (key && failureId !== undefined) this.parked.release(parkedKey(key), failureId);
    return [];
  }
}

/** The word that a dead letter was discarded. */
export const isRelease = (record: ConsumedRecord, [redrive]: readonly string[]) =>
  record.topic === redrive && releasedIn(record) !== undefined;
