import { FAILURES, type Fate } from '../load/fates.ts';
import type { Attempt } from '../load/courier.ts';
import type { Copy, Evidence } from './evidence.ts';

/** What is wrong with a run, by what it is about: a sentence for each violation. */
export type Findings = Readonly<Record<(typeof CHECKS)[number], readonly string[]>>;

export const CHECKS = [
  'lost',
  'duplicated',
  'attempts too many or too few',
  'poison without its dead letter',
  'dead letters too many',
  'retries before their time',
  'not handled at the end',
] as const;

/** The attempts at each record, in their order. */
export type Attempts = ReadonlyMap<string, readonly Attempt[]>;

export const attemptsOf = ({ attempts }: Pick<Evidence, 'attempts'>): Attempts =>
  Map.groupBy(attempts, ({ id }) => id);

export function findings(evidence: Evidence): Findings {
  const attempts = attemptsOf(evidence);
  const { sent, lag } = evidence;
  const deliverable = sent.filter(({ fate }) => fate !== 'poison');
  const delivered = (id: string) => attempts.get(id)?.filter((attempt) => attempt.delivered).length ?? 0;
  return {
    lost: deliverable.filter(({ id }) => delivered(id) === 0).map(({ id }) => `${id} was never handled`),
    duplicated: sent
      .filter(({ id }) => delivered(id) > 1)
      .map(({ id }) => `${id} was handled ${delivered(id)} times`),
    'attempts too many or too few': wrongAttempts(evidence, attempts),
    ...ofLetters(evidence),
    'retries before their time': retries(evidence.copies, attempts)
      .filter(({ lateMs }) => lateMs < 0)
      .map(({ id, n, lateMs }) => `${id}: retry ${n} came ${-lateMs} ms before its time`),
    'not handled at the end': lag === 0n ? [] : [`${lag} records wait`],
  };
}

/** How much later than it was due each retry was made, in milliseconds. */
export function retries(copies: readonly Copy[], attempts: Attempts) {
  return copies.flatMap(({ id, n, due }) => {
    const attempt = attempts.get(id)?.[n];
    return attempt ? [{ id, n, lateMs: attempt.at - due }] : [];
  });
}

const wantedAttempts: Readonly<Record<Fate, number>> = { good: 1, failing: FAILURES + 1, poison: 0 };

function wrongAttempts({ sent, copies }: Evidence, attempts: Attempts): string[] {
  const copiesOf = Map.groupBy(copies, ({ id }) => id);
  return sent.flatMap(({ id, fate }) => {
    const [made, copied] = [attempts.get(id)?.length ?? 0, copiesOf.get(id)?.length ?? 0];
    const wanted = wantedAttempts[fate];
    if (made === wanted && copied === Math.max(0, wanted - 1)) return [];
    return [`${id}: ${made} attempts and ${copied} retry copies, not ${wanted} attempts`];
  });
}

function ofLetters({ sent, letters }: Evidence) {
  const poison = new Set(sent.filter(({ fate }) => fate === 'poison').map(({ id }) => id));
  const counts = Map.groupBy(letters, (id) => id);
  const missing = [...poison].filter((id) => !counts.has(id));
  const stray = [...counts].filter(([id, all]) => !poison.has(id) || all.length > 1);
  return {
    'poison without its dead letter': missing.map((id) => `${id} is poison and no dead letter`),
    'dead letters too many': stray.map(([id, all]) =>
      poison.has(id) ? `${id} has ${all.length} dead letters` : `${id} is a dead letter and no poison`,
    ),
  };
}
