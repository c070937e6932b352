import type { Row } from './row.ts';

/** The rows as a table: one line for each fault, and one for the whole run. */
export function table(rows: readonly Row[]): string {
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
  const lines = rows.map((row) => [
    String(row.number),
    row.name,
    String(row.times),
    String(row.settled),
    String(row.records),
    String(row.unknown),
    String(row.lost),
    String(row.duplicated),
    String(row.wrong),
    `${(row.longestStallMs / 1_000).toFixed(1)} s`,
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  );
  const print = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 1 ? cell.padEnd(widths[1] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [print(header), ...lines.map(print)].join('\n');
}
