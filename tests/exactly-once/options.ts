import { parseArgs } from 'node:util';
import { decimal } from '../../tools/decimal.ts';

export interface Options {
  readonly seed: number;
  /** Numbers of the faults to inject; all unless given. */
  readonly only: readonly number[] | undefined;
  /** Share of the times that each fault is injected in a whole run. */
  readonly share: number;
  /** Minutes of faults in rotation; 0 for none. */
  readonly minutes: number;
  /** Orders that may be unsettled at once. */
  readonly inFlight: number;
  /** Settled orders below which the run has shown nothing. */
  readonly atLeast: number;
  /** What is promised for a time may take so many times as long. Only where a run is not there to show the time. */
  readonly slack: number;
  /** Where everything of the run is written, and stays; otherwise a directory of its own below `.faults`. */
  readonly directory: string | undefined;
}

export const usage =
  'Usage: npm run test:faults -- [--seed 1] [--only 1,3] [--share 0.2] [--in-flight 200] [--minutes 8] [--slack 1] [--directory <new>]\n       npm run soak -- [--minutes 30] [--seed 1] [--in-flight 400]';

/** What `--only` may choose from. */
type Known = readonly { readonly number: number; readonly name: string }[];

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[], known: Known): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      soak: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      only: { type: 'string' },
      share: { type: 'string' },
      minutes: { type: 'string' },
      'in-flight': { type: 'string' },
      'at-least': { type: 'string' },
      slack: { type: 'string', default: '1' },
      directory: { type: 'string' },
    },
  });
  const { soak, only, share = '1' } = values;
  if (soak) refuseInSoak(values);
  return {
    seed: number('seed', values.seed, 0),
    only: soak ? [] : only?.split(',').map((each) => chosen(each, known)),
    share: number('share', share, 0.01, false),
    minutes: number('minutes', values.minutes ?? (soak ? '30' : '8'), 0, false),
    inFlight: number('in-flight', values['in-flight'] ?? (soak ? '400' : '200'), 1),
    atLeast: number('at-least', values['at-least'] ?? '200', 1),
    slack: number('slack', values.slack, 1, false),
    directory: values.directory,
  };
}

function refuseInSoak(values: { readonly only?: string; readonly share?: string }): void {
  for (const name of ['only', 'share'] as const)
    if (values[name] !== undefined)
      throw new Error(
        `--soak and --${name} exclude each other: a soak injects all faults in rotation.\n${usage}`,
      );
}

function chosen(text: string, known: Known): number {
  const value = number('only', text, 1);
  if (known.some((fault) => fault.number === value)) return value;
  const list = known.map((fault) => `${String(fault.number).padStart(4)}  ${fault.name}`).join('\n');
  throw new Error(`--only ${value} is the number of no fault. The faults are:\n${list}`);
}

function number(name: string, text: string, least: number, whole = true): number {
  const value = decimal(text);
  if (value >= least && (whole ? Number.isSafeInteger(value) : Number.isFinite(value))) return value;
  throw new Error(`--${name} ${text} is not a ${whole ? 'whole ' : ''}number from ${least} on.\n${usage}`);
}
