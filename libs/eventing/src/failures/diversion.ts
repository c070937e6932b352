import type { RecordHandler } from './record-handler.ts';
import type { Surroundings } from '../time/clock.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { Attempts } from './attempts.ts';
import { type Delivery, firstDelivery, take } from './believed-copies.ts';
import type { SourcePartition } from './parked-source.ts';
import type { Parking } from './parking.ts';
import { momentOf, type Verdict, verdict, type VerdictParts } from './verdict.ts';

/** What has come of a record, before anything follows from it. */
export type Outcome =
  | { readonly type: 'decided'; readonly verdict: Verdict }
  /** It waits behind one before it. */
  | { readonly type: 'parked' }
  /** Nobody waits for this failure any more. */
  | { readonly type: 'discarded'; readonly failureId: string };

/** Whether it may change the marks of its key, so that what becomes of later records depends on it. */
export function concernsMarks(outcome: Outcome): boolean {
  if (outcome.type !== 'decided') return true;
  const { verdict: decided } = outcome;
  return (decided.type === 'handled' ? decided.releases : decided.parks) !== undefined;
}

export interface DiversionOptions extends VerdictParts, Surroundings {
  readonly at: SourcePartition;
}

/** Attempts records, and has it decided what becomes of each: see DivertingHandler. */
export class Diversion {
  private readonly inner: RecordHandler;
  private readonly attempts: Attempts;
  private readonly options: DiversionOptions;
  private readonly parking: Parking;

  constructor(inner: RecordHandler, attempts: Attempts, options: DiversionOptions, parking: Parking) {
    this.inner = inner;
    this.attempts = attempts;
    this.options = options;
    this.parking = parking;
  }

  /** What is to be published. Rejects when a dependency is down; nothing is decided then. */
  async deliver(record: ConsumedRecord, signal: AbortSignal): Promise<readonly OutgoingRecord[]> {
    return this.follow(record, await this.attempt(record, signal));
  }

  /** As `deliver`, but no mark is changed yet. */
  async attempt(record: ConsumedRecord, signal: AbortSignal): Promise<Outcome> {
    const taken = take(record, this.options.at);
    if (taken.type === 'discard') return { type: 'discarded', failureId: taken.failureId };
    if (this.waits(record)) return { type: 'parked' };
    return { type: 'decided', verdict: await this.decide(taken.delivery, signal) };
  }

  /** Whether the record has its place behind one that failed. */
  waits(record: ConsumedRecord): boolean {
    return record.topic === this.options.at.topic && this.parking.waits(record);
  }

  /** Changes the marks. Answers what is to be published. Throws TooManyParked. */
  follow(record: ConsumedRecord, outcome: Outcome): readonly OutgoingRecord[] {
    switch (outcome.type) {
      case 'discarded':
        this.parking.release(record.key, outcome.failureId);
        return [];
      case 'parked':
        this.parking.park(record);
        return [];
      case 'decided':
        this.parking.follow(record.key, outcome.verdict);
        return outcome.verdict.output;
    }
  }

  /** A record that was parked. The next one of its key may follow if it was handled. */
  async settle(record: ConsumedRecord, signal: AbortSignal): Promise<Verdict> {
    const decided = await this.decide(firstDelivery(record), signal);
    this.parking.follow(record.key, decided);
    return decided;
  }

  private async decide(delivery: Delivery, signal: AbortSignal): Promise<Verdict> {
    const { original } = delivery;
    // What the handler is no longer concerned with, in a new version, is done with.
    const concerned = this.inner.concerns(original);
    const attempted = concerned ? await this.attempts.make(original, signal) : { output: [] };
    return verdict(delivery, attempted, momentOf(this.options), this.options);
  }
}
