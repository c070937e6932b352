import { type Evidence, outcomes } from '../evidence/evidence.ts';
import type { Violation } from './violation.ts';

/** The least that a run must have had, so that its checks say something. */
export interface Least {
  readonly settled: number;
  readonly kills: number;
  /** Records in aborted transactions; 0 unless given. */
  readonly aborted?: number;
  /** Keys that were sent more than once; 0 unless given. */
  readonly repeated?: number;
}

/** A run with too little in it proves nothing. What the other checks need at all, they say themselves. */
export function check({ events, kills, logs, told }: Evidence, least: Least): Violation[] {
  const settled = new Set(events.filter(({ type }) => outcomes.has(type)).map(({ subject }) => subject));
  const aborted = logs.reduce((sum, log) => sum + log.aborted.length, 0);
  const counts: readonly [what: string, count: number, least: number][] = [
    ['settled orders', settled.size, Math.max(1, least.settled)],
    ['kills', kills.length, least.kills],
    ['aborted records', aborted, least.aborted ?? 0],
    ['repeated keys', told.repeated.size, least.repeated ?? 0],
  ];
  return counts
    .filter(([, count, needed]) => !(count >= needed))
    .map(([what, count, needed]) => ({ kind: 'too-little', what, count, needed }));
}
