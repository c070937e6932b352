import type { Violation } from '../../harness/checks/violation.ts';
import type { HangingSummary } from './hanging-summary.ts';

/** What came of one fault. */
export interface Row {
  readonly number: number;
  readonly name: string;
  /** How often something was broken. */
  readonly times: number;
  /** Kinds of the fault that had no turn. */
  readonly leftOut: readonly string[];
  /** Orders that were settled meanwhile. */
  readonly settled: number;
  /** Records that were committed meanwhile. */
  readonly records: number;
  /** Requests that were not answered, or with 503, and repeated. */
  readonly unknown: number;
  /** Milliseconds without any settled order, from the first injection until all is well again. */
  readonly longestStallMs: number;
  /** Where every transaction was followed. */
  readonly hanging?: HangingSummary;
  /** What the fault has measured, in sentences. */
  readonly figures?: readonly string[];
  /** Everything that did not hold, and was not found by an earlier row. */
  readonly violations: readonly Violation[];
}
