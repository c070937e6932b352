import type { LogPosition } from '../evidence/evidence.ts';
import { positionOf } from '../evidence/evidence.ts';

/** Where poison lies, and where the records came from that were given up. */
export interface GivenUp {
  readonly poison: readonly LogPosition[];
  readonly deadLetters: readonly LogPosition[];
}

/** To the record: each poisonous record is one dead letter, and nothing else is any. */
export function check({ poison, deadLetters }: GivenUp): string[] {
  const expected = new Set(poison.map(positionOf));
  const found = new Map<string, number>();
  for (const each of deadLetters) found.set(positionOf(each), (found.get(positionOf(each)) ?? 0) + 1);
  return [
    ...[...expected].filter((at) => !found.has(at)).map((at) => `${at}: poison, but no dead letter`),
    ...[...found].filter(([at]) => !expected.has(at)).map(([at]) => `${at}: a dead letter, but no poison`),
    ...[...found].filter(([, times]) => times > 1).map(([at, times]) => `${at}: ${times} dead letters`),
  ];
}
