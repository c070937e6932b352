import type { Received } from '../../domain/index.ts';
import type { Failpoint } from '../failpoints.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { PerformedIndex } from '../../state/performed-index.ts';
import type { RecordReader } from '../../serde/record-reader.ts';
import type { Clock } from '../../time/clock.ts';
import { withTimeout } from '../../time/waiting.ts';
import type { RecordHandler } from '../../failures/record-handler.ts';
import { EffectMarks } from './effect-marks.ts';

/** Lets one event act on the outside world. */
export type Performance = (
  event: Received,
  attempt: { idempotencyKey: string; signal: AbortSignal },
) => Promise<void>;

export interface EffectPlan {
  readonly group: string;
  /** Milliseconds that one attempt may take before its signal fires. */
  readonly timeoutMs: number;
  /** Milliseconds of performing after which the position is committed; 0 commits after each event. */
  readonly commitAfterMs: number;
}

/**
 * Runs an effect on one partition. The outside world has no transactions: each event is marked on this machine's disk
 * as soon as it was performed, and the position is committed soon after, so that a restart here repeats the events
 * under way at most, and a takeover by another machine those of the last commit interval, too.
 */
export class EffectHandler implements RecordHandler {
  private readonly plan: EffectPlan;
  private readonly performances: ReadonlyMap<string, Performance>;
  private readonly reader: RecordReader;
  private readonly performed: PerformedIndex;
  private readonly marks: EffectMarks;
  private readonly failpoint: Failpoint;
  private readonly clock: Clock;

  constructor(
    plan: EffectPlan,
    performances: ReadonlyMap<string, Performance>,
    reader: RecordReader,
    performed: PerformedIndex,
    failpoint: Failpoint,
    clock: Clock,
  ) {
    this.plan = plan;
    this.performances = performances;
    this.reader = reader;
    this.performed = performed;
    this.marks = new EffectMarks(performed, clock);
    this.failpoint = failpoint;
    this.clock = clock;
  }

  get commitAfterMs(): number {
    return this.plan.commitAfterMs;
  }

  concerns(record: ConsumedRecord): boolean {
    return this.reader.concerns(record);
  }

  prepare(records: readonly ConsumedRecord[]): Promise<void> {
    return this.reader.prepare(records);
  }

  get notices(): readonly string[] {
    return this.reader.notices;
  }

  /** One attempt. Of several messages those that were performed before are not performed again. */
  async handle(record: ConsumedRecord): Promise<OutgoingRecord[]> {
    for (const event of this.reader.read(record)) await this.perform(event);
    return [];
  }

  private async perform(event: Received): Promise<void> {
    const idempotencyKey = event.metadata.id;
    if (this.performed.has(idempotencyKey)) return;
    // A stopping service lets the attempt finish while it can: breaking off could leave it done and not recorded.
    await withTimeout(this.clock, this.plan.timeoutMs, async (signal) =>
      this.performances.get(event.type)?.(event, { idempotencyKey, signal }),
    );
    await this.marks.add(idempotencyKey);
    await this.failpoint('after-effect');
  }

  async close(): Promise<void> {
    await this.clock.during(this.performed.close());
  }
}
