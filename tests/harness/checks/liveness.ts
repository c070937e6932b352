import type { Violation } from './violation.ts';

/** While something was broken there may have been nothing to settle. Milliseconds since 1970-01-01 UTC. */
export interface Broken {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** What is known of a time under load, in milliseconds since 1970-01-01 UTC. */
export interface UnderLoad {
  readonly from: number;
  readonly to: number;
  /** When orders were settled, in any order. */
  readonly settled: readonly number[];
  readonly broken: readonly Broken[];
}

/** The broker aborts a transaction after this; the rest is for the platform to notice and to go on. */
const TRANSACTION_TIMEOUT_MS = 10_000;
export const PROGRESS_MS = TRANSACTION_TIMEOUT_MS + 20_000;

/**
 * The platform goes on: nowhere between two settled orders lies more than 30 s in which nothing was broken. So, too, from
 * the beginning to the first, and from the last to the end.
 */
export function check({ from, to, settled, broken }: UnderLoad, progressMs = PROGRESS_MS): Violation[] {
  const inside = settled.filter((time) => time > from && time < to).toSorted((one, other) => one - other);
  const times = [from, ...inside, to];
  return times.slice(1).flatMap((next, index) => {
    const last = times[index] ?? from;
    const brokenMs = broken.reduce((sum, each) => sum + overlap(each, last, next), 0);
    const wellMs = next - last - brokenMs;
    if (wellMs <= progressMs) return [];
    const before = broken.findLast((each) => each.to <= next)?.what ?? 'anything was broken';
    return [{ kind: 'no-progress', ms: wellMs, last: before }];
  });
}

const overlap = (each: Broken, from: number, to: number) =>
  Math.max(0, Math.min(each.to, to) - Math.max(each.from, from));
