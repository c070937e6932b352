import type { RecordHandler } from './record-handler.ts';
import type { Surroundings } from '../time/clock.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { Attempts } from './attempts.ts';
import { type Delivery, firstDelivery, take } from './believed-copies.ts';
import type { SourcePartition } from './parked-source.ts';
import type { Parking } from './parking.ts';
import { momentOf, type Verdict, verdict, type VerdictParts } from './verdict.ts';

export interface DiversionOptions extends VerdictParts, Surroundings {
  readonly at: SourcePartition;
}

/** Attempts the records of one batch, one after the other, and has it decided what becomes of each: see DivertingHandler. */
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
    const { at } = this.options;
    const taken = take(record, at);
    if (taken.type === 'discard') {
      this.parking.release(record.key, taken.failureId);
      return [];
    }
    if (record.topic === at.topic && this.parking.parks(record)) return [];
    const { output } = await this.decide(taken.delivery, signal);
    return output;
  }

  /** A record that was parked. The next one of its key may follow if it was handled. */
  settle(record: ConsumedRecord, signal: AbortSignal): Promise<Verdict> {
    return this.decide(firstDelivery(record), signal);
  }

  private async decide(delivery: Delivery, signal: AbortSignal): Promise<Verdict> {
    const { original } = delivery;
    // What the handler is no longer concerned with, in a new version, is done with.
    const concerned = this.inner.concerns(original);
    const attempted = concerned ? await this.attempts.make(original, signal) : { output: [] };
    const decided = verdict(delivery, attempted, momentOf(this.options), this.options);
    this.parking.follow(original.key, decided);
    return decided;
  }
}
