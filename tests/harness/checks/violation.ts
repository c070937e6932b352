import { type ConservationKinds, conservationWording } from '../../../tools/demo/violation.ts';
import type { Column, ViolationOf, Wording } from '../../../tools/violation.ts';
import { type LogKinds, logWording } from './kinds/log.ts';
import { type OrderKinds, orderWording } from './kinds/orders.ts';
import { type RedrivenKinds, redrivenWording } from './kinds/redriven.ts';
import { type RunKinds, runWording } from './kinds/run.ts';
import { type TransactionKinds, transactionWording } from './kinds/transactions.ts';

interface Kinds extends ConservationKinds, LogKinds, OrderKinds, RedrivenKinds, RunKinds, TransactionKinds {
  /** By a second reading of the log. */
  'read-again': { violation: Violation };
}

/** Something that did not hold. Its column and its sentence follow from its kind, and from nothing else. */
export type Violation = ViolationOf<Kinds>;

const wording: Wording<Kinds> = {
  ...conservationWording,
  ...logWording,
  ...orderWording,
  ...redrivenWording,
  ...runWording,
  ...transactionWording,
  'read-again': { column: 'other', text: ({ violation }) => `read again: ${textOf(violation)}` },
};

export const nothingToCheck = (check: string, why: string): Violation => ({
  kind: 'nothing-to-check',
  check,
  why,
});

export const textOf = (violation: Violation): string => say(violation);

export const columnOf = ({ kind }: Violation): Column => wording[kind].column;

const say = <Kind extends keyof Kinds>(violation: { readonly kind: Kind } & Readonly<Kinds[Kind]>): string =>
  wording[violation.kind].text(violation);

/** How many there are in each column. */
export function countsOf(violations: readonly Violation[]): Readonly<Record<Column, number>> {
  const counts = { lost: 0, duplicated: 0, other: 0 };
  for (const violation of violations) counts[columnOf(violation)]++;
  return counts;
}
