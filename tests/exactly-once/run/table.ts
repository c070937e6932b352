import { seconds } from '../../../tools/seconds.ts';
import { table } from '../../../tools/table.ts';
import { countsOf } from '../../harness/checks/violation.ts';
import type { Row } from './row.ts';

const header = [
  '#',
  'fault',
  'times',
  'settled',
  'records',
  'unknown',
  'lost',
  'duplicated',
  'other',
  'longest stall',
];

/** One line for each fault. */
export function faultTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { lost, duplicated, other } = countsOf(row.violations);
    return [
      String(row.number),
      row.name,
      ...[row.times, row.settled, row.records, row.unknown, lost, duplicated, other].map(String),
      seconds(row.longestStallMs),
    ];
  });
  return table([header, ...lines], [1]);
}
