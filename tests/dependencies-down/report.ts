import { columns, seconds } from '../../tools/table.ts';
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
  const lines = rows.map((row) => [
    row.name,
    seconds(row.awayMs),
    ...[row.settled, row.unknown, row.deadLetters, row.attempts, row.lost, row.duplicated].map(String),
    String(row.violations.length - row.lost - row.duplicated),
    ...[row.longestStallMs, row.greenMs, row.caughtUpMs].map(seconds),
  ]);
  return columns([header, ...lines]);
}
