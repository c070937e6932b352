import { firstOf } from '../../../tools/first-of.ts';
import { textOf, type Violation } from '../../harness/checks/violation.ts';
import { hangingLine } from './hanging-summary.ts';
import type { Row } from './row.ts';
import { faultTable } from './table.ts';

const MOST_SHOWN = 50;

/** What held, what did not, and what the run did not try. `failures`: what is wrong with the run as a whole. */
export function report(
  rows: readonly Row[],
  duplicateMails: number,
  failures: readonly Violation[],
): { report: string; holds: boolean } {
  const violations = [
    ...rows.flatMap((row) => row.violations.map((each) => `${row.number}: ${textOf(each)}`)),
    ...failures.map(textOf),
  ];
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const lines = [
    faultTable(rows),
    '',
    `${sum(({ settled }) => settled)} orders settled, ${sum(({ unknown }) => unknown)} requests repeated because nobody knew, ${duplicateMails} e-mails twice`,
    ...rows.flatMap(hanging),
    ...rows.flatMap(figures),
    ...rows.flatMap(leftOut),
    ...firstOf(violations, MOST_SHOWN),
    violations.length === 0 ? 'Everything held.' : `${violations.length} violations.`,
    '',
  ];
  return { report: lines.join('\n'), holds: violations.length === 0 };
}

/** A row stands for more than was injected when its kinds did not all have their turn. */
const leftOut = ({ number, name, leftOut: kinds }: Row) =>
  kinds.length === 0 ? [] : [`${number} ${name}: left out: ${kinds.join(', ')}`];

const hanging = ({ number, name, hanging: summary }: Row) =>
  summary ? [`${number} ${name}: ${hangingLine(summary)}`] : [];

const figures = ({ number, name, figures: sentences = [] }: Row) =>
  sentences.map((sentence) => `${number} ${name}: ${sentence}`);
