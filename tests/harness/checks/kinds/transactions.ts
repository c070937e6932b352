import { other, type Wording } from '../../../../tools/violation.ts';
import { seconds } from '../../../../tools/seconds.ts';

/** What can become of a transaction that should not. `part`: what it wrote into one partition; `word`: its coordinator's. */
export interface TransactionKinds {
  'transaction-hung': { part: string };
  'transaction-ended-early': { part: string; by: string | undefined };
  'transaction-open': { part: string; word: string | undefined; ms: number };
  'transaction-joined': { part: string };
  'transaction-ended-by-nobody': { part: string };
  'transaction-ended-otherwise': { part: string; word: string | undefined; outcome: string };
  'transaction-ended-late': { part: string; ms: number };
  'none-committed': object;
  'partition-stands': { place: string; stable: bigint; end: bigint; ms: number; owners: readonly string[] };
  'open-for-leader-only': { place: string; producerId: bigint; from: bigint };
}

export const transactionWording: Wording<TransactionKinds> = {
  'transaction-hung': other(({ part }) => `${part}: hung`),
  'transaction-ended-early': other(
    ({ part, by }) => `${part}: ended by ${by} before its coordinator had decided`,
  ),
  'transaction-open': other(
    ({ part, word = 'none', ms }) =>
      `${part}: its coordinator's word was ${word}, and it is open after ${seconds(ms)}`,
  ),
  'transaction-joined': other(
    ({ part }) => `${part}: joined by a later transaction of its producer, which ended it`,
  ),
  'transaction-ended-by-nobody': other(
    ({ part }) => `${part}: ended by a marker that nobody's decision explains`,
  ),
  'transaction-ended-otherwise': other(
    ({ part, word = 'none', outcome }) =>
      `${part}: its coordinator's word was ${word}, and its marker says ${outcome}`,
  ),
  'transaction-ended-late': other(({ part, ms }) => `${part}: ended ${seconds(ms)} after the last fault`),
  'none-committed': other(() => 'too little: no hanging transaction that was committed'),
  'partition-stands': other(
    ({ place, stable, end, ms, owners }) =>
      `${place}: stable up to ${stable} for ${seconds(ms)}, but its end is ${end}; open: ${owners.join(', ') || 'unknown'}`,
  ),
  'open-for-leader-only': other(
    ({ place, producerId, from }) =>
      `${place}: its leader has producer ${producerId} open from ${from} on, and its log does not`,
  ),
};
