import { statSync } from 'node:fs';
import { shellWord } from '@atelier/local-stack';
import { TypedOptions } from '../../tools/options.ts';
import { stateDirectory } from './state-directory.ts';

export interface Options {
  /** Of each of the two runs. */
  readonly records: number;
  /** Records produced per second. */
  readonly rate: number;
  /** Chooses the records that fail. */
  readonly seed: number;
  /** An existing directory for what the effect remembers. */
  readonly state: string;
}

export const usage =
  'Usage: npm run test:failures -- [--records 100000] [--rate 1000] [--seed 1] [--state /tmp]';

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[]): Options {
  const typed = new TypedOptions(usage, args, ['records', 'rate', 'seed', 'state']);
  const state = typed.text('state') ?? stateDirectory();
  if (!statSync(state, { throwIfNoEntry: false })?.isDirectory())
    typed.refuse(`--state ${shellWord(state)} is not a directory.`);
  return {
    records: typed.whole('records', 100_000, 100),
    rate: typed.whole('rate', 1_000, 1),
    seed: typed.whole('seed', 1, 0),
    state,
  };
}
