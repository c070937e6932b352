import { firstOf } from '../../../tools/first-of.ts';
import { textOf, type Violation } from '../../harness/checks/violation.ts';
import { hangingLine } from './hanging-summary.ts';
import type { Row } from './row.ts';
import { faultTable } from './table.ts';

const MOST_SHOWN = 50;

/** A row that could not be run here. */
export interface Skipped {
  readonly number: number;
  readonly name: string;
  readonly why: string;
}

/**
 * What held, what did not, and what the run did not try. `failures`: what is wrong with the run as a whole. A run of which every row
 * was skipped has shown nothing, and does not hold.
 */
export function report(
  rows: readonly Row[],
  duplicateMails: number,
  failures: readonly Violation[],
  skipped: readonly Skipped[] = [],
): { report: string; holds: boolean } {
  const violations = [
    ...rows.flatMap((row) => row.violations.map((each) => `${row.number}: ${textOf(each)}`)),
    ...failures.map(textOf),
  ];
  const held = rows.length > 0 || skipped.length === 0;
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const lines = [
    faultTable(rows),
    '',
    `${sum(({ settled }) => settled)} orders settled, ${sum(({ unknown }) => unknown)} requests repeated because nobody knew, ${duplicateMails} e-mails twice`,
    ...rows.flatMap(hanging),
    ...rows.flatMap(figures),
    ...rows.flatMap(leftOut),
    ...skipped.map(({ number, name, why }) => `${number} ${name}: skipped: ${why}`),
    ...firstOf(violations, MOST_SHOWN),
    violations.length > 0 ? `${violations.length} violations.` : verdict(held, skipped.length),
    '',
  ];
  return { report: lines.join('\n'), holds: held && violations.length === 0 };
}

/** A row stands for more than was injected when its kinds did not all have their turn. */
const leftOut = ({ number, name, leftOut: kinds }: Row) =>
  kinds.length === 0 ? [] : [`${number} ${name}: left out: ${kinds.join(', ')}`];

const hanging = ({ number, name, hanging: summary }: Row) =>
  summary ? [`${number} ${name}: ${hangingLine(summary)}`] : [];

const figures = ({ number, name, figures: sentences = [] }: Row) =>
  sentences.map((sentence) => `${number} ${name}: ${sentence}`);

function verdict(held: boolean, skipped: number): string {
  if (!held) return 'Nothing was shown: every row was skipped.';
  return skipped === 0 ? 'Everything held.' : `Everything held that was tried; rows skipped: ${skipped}.`;
}
