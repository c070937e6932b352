import { type LogPosition, positionOf } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** Where poison lies, and where the records came from that were given up. */
export interface GivenUp {
  readonly poison: readonly LogPosition[];
  readonly deadLetters: readonly LogPosition[];
}

/** To the record: each poisonous record is one dead letter, and nothing else is any. */
export function check({ poison, deadLetters }: GivenUp): Violation[] {
  const expected = new Set(poison.map(positionOf));
  const found = new Map<string, number>();
  for (const each of deadLetters) found.set(positionOf(each), (found.get(positionOf(each)) ?? 0) + 1);
  const violations: Violation[] = [];
  for (const poison of expected)
    if (!found.has(poison)) violations.push({ kind: 'dead-letter-missing', poison });
  for (const [record, times] of found) {
    if (!expected.has(record)) violations.push({ kind: 'dead-letter-unfounded', record });
    if (times > 1) violations.push({ kind: 'dead-letter-again', record, times });
  }
  return violations;
}
