import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../../tools/random.ts';
import { fates, type Shares } from '../load/fates.ts';
import type { Options } from '../options.ts';
import { type Bench, failureRun } from './failure-run.ts';
import { type Measured, measured } from './report.ts';

const RUNS: readonly { readonly title: string; readonly shares: Shares }[] = [
  { title: 'no failures', shares: { poison: 0, failing: 0 } },
  { title: '1 % poison, 5 % failing twice', shares: { poison: 0.01, failing: 0.05 } },
];

/** Seconds at the beginning of each run that are not measured, and the part of all records that they are at most. */
const WARM_UP_S = 5;
const WARM_UP_SHARE = 0.1;

export interface Settings extends Omit<Options, 'state'> {
  /** Distinguishes these runs from others on the same broker. */
  readonly name: string;
  readonly delaysMs: readonly number[];
}

/** Both runs, one after the other on the same broker: without failures, and with them. */
export async function failureTests(
  bench: Bench,
  { name, records, rate, seed, delaysMs }: Settings,
  say: (text: string) => void = () => undefined,
): Promise<[calm: Measured, failing: Measured]> {
  const unmeasured = Math.min(WARM_UP_S * rate, records * WARM_UP_SHARE);
  const found: Measured[] = [];
  for (const [index, { title, shares }] of RUNS.entries()) {
    const number = index + 1;
    say(`run ${number}: ${title}; ${records} records, ${rate} per second`);
    const directory = join(bench.directory, `run-${number}`);
    mkdirSync(directory, { recursive: true });
    const load = { fates: fates(records, shares, new Random(seed)), rate };
    const progress = (attempts: number) => say(`run ${number}: ${attempts} attempts`);
    const run = { name: `${name}-${number}`, delaysMs, ...load };
    found.push(measured(await failureRun({ ...bench, directory }, run, progress), unmeasured));
  }
  return found as [Measured, Measured];
}
