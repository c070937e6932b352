import { percentile } from '../../../tools/percentile.ts';
import type { Evidence } from './evidence.ts';
import { attemptsOf, retries } from './findings.ts';

/** Milliseconds; undefined where there was nothing to measure. */
export interface Times {
  /** From when a good record was produced to when it was handled. */
  readonly delay: { readonly p50: number | undefined; readonly p99: number | undefined };
  /** By how much retries came after they were due. */
  readonly latenessP95: number | undefined;
  /** Good records per second. Who handles fewer than are produced falls behind, and its delays are those of a queue. */
  readonly produced: number;
  readonly handled: number;
}

/** `unmeasured`: records at the beginning, for which everything is compiled first. */
export function timesOf(evidence: Evidence, unmeasured: number): Times {
  const attempts = attemptsOf(evidence);
  const good = evidence.sent.slice(unmeasured).filter(({ fate }) => fate === 'good');
  const pairs = good.flatMap(({ id, at }) => {
    const handled = attempts.get(id)?.find(({ delivered }) => delivered);
    return handled ? [{ produced: at, handled: handled.at }] : [];
  });
  const delays = pairs.map(({ produced, handled }) => handled - produced);
  const late = retries(evidence.copies, attempts).map(({ lateMs }) => lateMs);
  return {
    delay: { p50: percentile(delays, 50), p99: percentile(delays, 99) },
    latenessP95: percentile(late, 95),
    produced: perSecond(pairs.map(({ produced }) => produced)),
    handled: perSecond(pairs.map(({ handled }) => handled)),
  };
}

function perSecond(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  return sorted.length / Math.max(0.001, (last - first) / 1_000);
}
