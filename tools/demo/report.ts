import { firstOf } from '../first-of.ts';
import { percentile } from '../percentile.ts';
import { table } from '../table.ts';
import { type Check, duplicateMails, type Facts } from './conservation.ts';
import type { BadLine } from './orders.ts';
import type { Placed, Refused } from './place.ts';
import { textOf } from './violation.ts';

export interface Run {
  readonly placed: readonly Placed[];
  readonly refused: readonly Refused[];
  readonly bad: readonly BadLine[];
  readonly seconds: number;
}

/** The table that the demo ends with. */
export function report(run: Run, facts: Facts, checks: readonly Check[]): string {
  const times = run.placed.map(({ ms }) => ms);
  const within = (percent: number) => (percentile(times, percent) ?? 0).toFixed(0);
  const rows: [string, string][] = [
    ...counted(run.placed),
    ['refused', String(run.refused.length)],
    ['orders/s', (run.placed.length / run.seconds).toFixed(1)],
    ['p50', `${within(50)} ms from POST to settled`],
    ['p95', `${within(95)} ms`],
    ['p99', `${within(99)} ms`],
    ['e-mails', `${facts.mails.length}, ${duplicateMails(facts)} of them duplicates`],
  ];
  return [
    '',
    table(rows, [0, 1]).replaceAll(/^/gm, '  '),
    '',
    ...checks.map(({ name, violations }) => `  ${violations.length === 0 ? '✓' : '✗'} ${name}`),
    ...complaints(run, checks).map((complaint) => `  ${complaint}`),
    '',
  ].join('\n');
}

const mostShown = 10;

/** Everything that is wrong; the demo fails if there is anything. */
export function complaints({ placed, refused, bad }: Run, checks: readonly Check[]): string[] {
  return [
    ...bad.map(({ number, reason }) => `line ${number} is not JSON: ${reason}`),
    ...refused.map(({ order, reason }) => `${order.name} was not taken: ${reason}`),
    ...placed.flatMap(({ complaint }) => complaint ?? []),
    ...placed.filter(({ status }) => status === 'pending').map(({ orderId }) => `${orderId} is not settled`),
    ...checks.flatMap(({ violations }) => firstOf(violations.map(textOf), mostShown)),
  ];
}

function counted(placed: readonly Placed[]): [string, string][] {
  return [...Map.groupBy(placed, ({ status }) => status)].map(([status, orders]) => [
    status,
    String(orders.length),
  ]);
}
