import { firstOf } from '../../../tools/first-of.ts';
import { table } from '../../../tools/table.ts';
import type { Fate } from '../load/fates.ts';
import type { Evidence } from './evidence.ts';
import { CHECKS, type Findings, findings } from './findings.ts';
import { type Times, timesOf } from './times.ts';

export interface Measured {
  readonly evidence: Evidence;
  readonly findings: Findings;
  readonly times: Times;
}

/** What good records may lose by those that fail: their p99 with failures, by that without. */
const MOST_RATIO = 2;
const MOST_LATE_MS = 1_000;
const MOST_SHOWN = 20;

export const measured = (evidence: Evidence, unmeasured: number): Measured => ({
  evidence,
  findings: findings(evidence),
  times: timesOf(evidence, unmeasured),
});

/** Both runs side by side. Whether it holds is about what was handled; times are only told. */
export function report(calm: Measured, failing: Measured): { report: string; holds: boolean } {
  const runs = [calm, failing];
  const violations = runs.flatMap(({ findings }, index) =>
    CHECKS.flatMap((check) => findings[check].map((each) => `run ${index + 1}: ${each}`)),
  );
  const header = ['', 'run 1: no failures', 'run 2: failures', 'ratio', ''];
  const lines = [
    table([header, ...counts(runs), ...checks(runs), ...times(calm.times, failing.times)], [0, 4]),
    '',
    ...firstOf(violations, MOST_SHOWN),
    violations.length === 0 ? 'Every record was handled as it must be.' : `${violations.length} violations.`,
  ];
  return { report: lines.join('\n'), holds: violations.length === 0 };
}

const NAMES: readonly (readonly [name: string, fate: Fate])[] = [
  ['good records', 'good'],
  ['records whose first two attempts fail', 'failing'],
  ['poison', 'poison'],
];

function counts(runs: readonly Measured[]): string[][] {
  const count = ({ evidence }: Measured, wanted: Fate) =>
    evidence.sent.filter(({ fate }) => fate === wanted).length;
  return NAMES.map(([name, fate]) => [name, ...runs.map((run) => String(count(run, fate)))]);
}

const checks = (runs: readonly Measured[]) =>
  CHECKS.map((check) => {
    const numbers = runs.map(({ findings }) => findings[check].length);
    return [check, ...numbers.map(String), '', verdict(numbers.every((number) => number === 0))];
  });

function times(calm: Times, failing: Times): string[][] {
  const [p50, p99] = [
    ratio(calm.delay.p50, failing.delay.p50),
    ratio(calm.delay.p99, failing.delay.p99),
  ] as const;
  const late = failing.latenessP95;
  const judged = `${verdict(p99 <= MOST_RATIO)}: ratio at most ${MOST_RATIO}`;
  const punctual = `${verdict((late ?? Infinity) <= MOST_LATE_MS)}: at most ${MOST_LATE_MS} ms`;
  return [
    ['good records per second, produced', calm.produced.toFixed(0), failing.produced.toFixed(0)],
    ['good records per second, handled', calm.handled.toFixed(0), failing.handled.toFixed(0)],
    ['delay of good records, p50', ms(calm.delay.p50), ms(failing.delay.p50), p50.toFixed(2)],
    ['delay of good records, p99', ms(calm.delay.p99), ms(failing.delay.p99), p99.toFixed(2), judged],
    ['lateness of retries, p95', ms(calm.latenessP95), ms(late), '', punctual],
  ];
}

const verdict = (holds: boolean) => (holds ? 'holds' : 'does not hold');
const ms = (value: number | undefined) => (value === undefined ? '-' : `${value.toFixed(0)} ms`);
/** Clocks tell whole milliseconds. */
const ratio = (one = NaN, other = NaN) => Math.max(1, other) / Math.max(1, one);
