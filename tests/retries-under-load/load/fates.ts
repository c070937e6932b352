import type { Random } from '../../../tools/random.ts';

/** What is in store for a record: `poison` cannot be decoded, `failing` succeeds at the third attempt. */
export type Fate = 'good' | 'failing' | 'poison';

/** Parts of all records, from 0 to 1. */
export interface Shares {
  readonly poison: number;
  readonly failing: number;
}

export const FAILURES = 2;

/** One for each record, the same ones for the same seed. */
export function fates(records: number, { poison, failing }: Shares, random: Random): Fate[] {
  return Array.from({ length: records }, () => {
    const drawn = random.next();
    if (drawn < poison) return 'poison';
    return drawn < poison + failing ? 'failing' : 'good';
  });
}
