import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { shellWord } from '@atelier/local-stack';
import { decimal } from '../../tools/decimal.ts';
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
  const { values } = parse(args);
  return {
    records: number('records', values.records, 100),
    rate: number('rate', values.rate, 1),
    seed: number('seed', values.seed, 0),
    state: directory('state', values.state ?? stateDirectory()),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        records: { type: 'string', default: '100000' },
        rate: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        state: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error });
  }
}

function number(name: string, text: string, least: number): number {
  const value = decimal(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} ${text} is not a whole number from ${least} on.\n${usage}`);
}

function directory(name: string, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new Error(`--${name} ${shellWord(path)} is not a directory.\n${usage}`);
}
