import { seconds } from '../../tools/seconds.ts';
import { table } from '../../tools/table.ts';
import { countsOf } from '../harness/checks/violation.ts';
import type { OutageRow } from './outage-run.ts';

const header = [
  'dependency',
  'away',
  'settled',
  'repeated',
  'dead letters',
  'attempts',
  'lost',
  'duplicated',
  'other',
  'longest stall',
  'green after',
  'caught up after',
];

export function outageTable(rows: readonly OutageRow[]): string {
  const lines = rows.map((row) => {
    const { lost, duplicated, other } = countsOf(row.violations);
    const { settled, unknown, deadLetters, attempts } = row;
    return [
      row.name,
      seconds(row.awayMs),
      ...[settled, unknown, deadLetters, attempts, lost, duplicated, other].map(String),
      ...[row.longestStallMs, row.greenMs, row.caughtUpMs].map(seconds),
    ];
  });
  return table([header, ...lines]);
}
