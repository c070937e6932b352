import type { Surroundings } from '../time/clock.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { handlerOf } from '../serde/received-records.ts';
import type { Attempted, Failed } from './attempts.ts';
import type { Delivery } from './believed-copies.ts';
import { deadLetter, retryCopy } from './copies.ts';
import { dueAfter, type FailurePlan } from './failure-plan.ts';
import { type Failure, failureOf } from './failure.ts';
import type { ParkedMark } from './parked-keys.ts';
import type { SourcePartition } from './parked-source.ts';
import type { FailureReporter } from './reporter.ts';

/**
 * What became of a record. `output` is to be published in the transaction of the position; what concerns the record's key
 * is for whoever keeps its marks: see `Parking`.
 */
export type Verdict =
  | {
      readonly type: 'handled';
      readonly output: readonly OutgoingRecord[];
      /** The failure that is over: its key waits no longer, if it is this one that it waits for. */
      readonly releases: string | undefined;
    }
  | {
      readonly type: 'retry' | 'dead-letter';
      readonly output: readonly OutgoingRecord[];
      readonly failure: Failure;
      /** Later records of its key wait from here on. */
      readonly parks: ParkedMark | undefined;
    };

/** In whose name it is decided, by which plan, and who is told. */
export interface VerdictParts {
  /** Whose side topics get the copies. */
  readonly at: Pick<SourcePartition, 'group' | 'topic'>;
  readonly plan: FailurePlan;
  readonly reporter: FailureReporter;
  readonly service: string;
  readonly version: string;
}

/** Milliseconds since 1970-01-01 UTC, and a number from 0 to 1 for the jitter of delays. */
export interface Moment {
  readonly now: number;
  readonly random: number;
}

export const momentOf = ({ clock, random }: Surroundings): Moment => ({ now: clock.now(), random: random() });

/**
 * Decides what becomes of a record that was attempted, for every kind of handler: how they differ is in their plans (ADR 27).
 * Nothing is decided while a dependency is down: whoever attempts throws then.
 */
export function verdict(
  delivery: Delivery,
  attempted: Attempted,
  moment: Moment,
  parts: VerdictParts,
): Verdict {
  return 'thrown' in attempted
    ? failed(delivery, attempted, moment, parts)
    : handled(delivery, attempted.output, moment, parts);
}

/** Nobody has heard of a record that a retry has handled before it was ever a dead letter. */
function handled(
  { original, before }: Delivery,
  output: readonly OutgoingRecord[],
  { now }: Moment,
  { reporter }: VerdictParts,
): Verdict {
  const reports = before && before.redrives > 0 ? reporter.handled(original, before, now) : [];
  return { type: 'handled', output: [...output, ...reports], releases: before?.id };
}

function failed(
  delivery: Delivery,
  { thrown, retryable }: Failed,
  { now, random }: Moment,
  { at: { group, topic }, plan, reporter, service, version }: VerdictParts,
): Verdict {
  const { original, before, retried } = delivery;
  const who = { group, handler: handlerOf(group, original), service, version };
  const failure = failureOf(original, { ...who, thrown }, before);
  const parks = plan.ordering === 'key' ? markBehind(delivery, failure, topic) : undefined;
  const due = dueAfter(plan.delaysMs[retried] ?? Infinity, failure.last.at, random);
  if (retryable && due <= failure.since + plan.withinMs) {
    const copy = retryCopy(original, failure, retried + 1, due, topic);
    return { type: 'retry', failure, parks, output: [copy] };
  }
  const reports = reporter.deadLettered(original, failure, now);
  return { type: 'dead-letter', failure, parks, output: [deadLetter(original, failure, topic), ...reports] };
}

/** Of a record in its place in the source: what has failed before is waited for already, and strays have no successors. */
function markBehind({ original, before }: Delivery, { id }: Failure, source: string): ParkedMark | undefined {
  if (before || original.topic !== source || !original.key) return undefined;
  return { failureId: id, since: original.offset + 1n, released: false };
}
