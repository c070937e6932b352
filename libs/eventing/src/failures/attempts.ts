import type { RecordHandler } from './record-handler.ts';
import { HaltError } from '../log/errors.ts';
import { WaitsForRelease } from '../serde/unknown-records.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { classify, type FailureClass, outageOf } from './classification.ts';
import type { FailurePlan } from './failure-plan.ts';
import type { Clock } from '../time/clock.ts';
import type { Thrown } from './failure.ts';

/** What each attempt at a record threw, and whether a later one may succeed. */
export interface Failed {
  readonly thrown: readonly Thrown[];
  readonly retryable: boolean;
}

/** What the attempts at a record have come to: what follows from it, or why nothing does. */
export type Attempted = { readonly output: readonly OutgoingRecord[] } | Failed;

/** There was one attempt, and another one would fail, too. `at`: milliseconds since 1970-01-01 UTC. */
export const failedForGood = (error: unknown, at: number): Failed => ({
  thrown: [{ at, error }],
  retryable: false,
});

/** Makes the attempts at one record that follow each other at once. */
export class Attempts {
  private readonly inner: RecordHandler;
  private readonly plan: FailurePlan;
  private readonly clock: Clock;

  constructor(inner: RecordHandler, plan: FailurePlan, clock: Clock) {
    this.inner = inner;
    this.plan = plan;
    this.clock = clock;
  }

  /** Rejects when a dependency is down, when the record waits for a release, and when the service is stopping: none counts as an attempt. */
  async make(record: ConsumedRecord, signal: AbortSignal): Promise<Attempted> {
    const thrown: Thrown[] = [];
    for (;;) {
      try {
        return { output: await this.inner.handle(record) };
      } catch (error) {
        const kind = this.classOf(error);
        if (error instanceof WaitsForRelease) throw error;
        if (error instanceof HaltError || kind === 'unavailable') throw outageOf(error, this.plan.errors);
        const retryable = kind === 'retryable';
        if (retryable && signal.aborted) throw error;
        thrown.push({ at: this.clock.now(), error });
        const again = retryable && thrown.length <= this.plan.immediate && !isTimeout(error);
        if (!again) return { thrown, retryable };
      }
    }
  }

  private classOf(error: unknown): FailureClass {
    if (this.plan.once) return 'fatal';
    return classify(error, this.plan.otherwise, this.plan.errors);
  }
}

/**
 * Whoever took all of the time once would take it again, and those behind would wait. By its name: the reason of an abort
 * signal is no Error of this realm where there are several.
 */
const isTimeout = (error: unknown) => (error as { name?: unknown } | null)?.name === 'TimeoutError';
