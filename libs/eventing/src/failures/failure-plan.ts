import type { WhenUnknown } from '../serde/unknown-records.ts';
import type { DeclaredErrors, FailureClass } from './classification.ts';

/** What a handler of one group does with records that fail. */
export interface FailurePlan {
  readonly group: string;
  /** What an error is when nothing else says it. */
  readonly otherwise: FailureClass;
  readonly errors?: DeclaredErrors;
  /**
   * `key`: later records of a failed one's key wait until it was handled or discarded. `none`: they overtake it.
   */
  readonly ordering: 'key' | 'none';
  /** Attempts that follow the first one at once. */
  readonly immediate: number;
  /** Milliseconds before each later attempt, which takes place on a retry topic of its own. */
  readonly delaysMs: readonly number[];
  /** Milliseconds after the first failure after which there is no further attempt. */
  readonly withinMs: number;
  /** What becomes of a record that another release may know, and this one does not; a dead letter unless given. */
  readonly unknown?: WhenUnknown;
  /** One attempt, and an outage counts as a failure: there is no later for a record whose position has passed. */
  readonly once?: boolean;
}

/** Of a pure handler: what fails once fails always. */
export const pure = (
  group: string,
  ordering: FailurePlan['ordering'],
  errors: DeclaredErrors = {},
): FailurePlan => ({
  group,
  errors,
  ordering,
  otherwise: 'fatal',
  immediate: 0,
  delaysMs: [],
  withinMs: 0,
});

const JITTER = 0.1;
const MOST_JITTER_MS = 500;

/**
 * When a record that fails now is tried again: after the delay and up to a tenth of it, half a second at most, so that
 * those who failed together do not come back together. `random` is from 0 to 1.
 */
export function dueAfter(delayMs: number, now: number, random: number): number {
  return Math.ceil(now + delayMs + Math.min(delayMs * JITTER, MOST_JITTER_MS) * random);
}
