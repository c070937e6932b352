import { anySeed, TypedOptions } from '../../tools/options.ts';

export interface Options {
  readonly seed: number;
  /** Numbers of the faults to inject; all unless given. */
  readonly only: readonly number[] | undefined;
  /** Share of the times that each fault is injected in a whole run. */
  readonly share: number;
  /** Seconds after which an order that nobody settles is cancelled: so long it takes at least until everything is at rest. */
  readonly expiry: number;
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
  /** The release before this one: a directory that has it, or what git calls it. */
  readonly previous: string | undefined;
}

export const usage =
  'Usage: npm run test:faults -- [--seed 1] [--only 1,3] [--share 0.2] [--in-flight 200] [--minutes 8] [--expiry 20] [--slack 1] [--directory <new>] [--previous <directory or commit>]\n       npm run soak -- [--minutes 30] [--seed 1] [--in-flight 400]';

/** What `--only` may choose from. */
type Known = readonly { readonly number: number; readonly name: string }[];

const names = [
  'seed',
  'only',
  'share',
  'minutes',
  'in-flight',
  'at-least',
  'expiry',
  'slack',
  'directory',
  'previous',
] as const;

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[], known: Known): Options {
  const typed = new TypedOptions(usage, args, names, { flags: ['soak'] });
  const soak = typed.flag('soak');
  for (const name of ['only', 'share'] as const)
    if (soak && typed.text(name) !== undefined)
      typed.refuse(`--soak and --${name} exclude each other: a soak injects all faults in rotation.`);
  const only = typed.wholes('only', 1);
  only?.forEach((number) => refuseUnknown(number, known));
  return {
    seed: typed.whole('seed', anySeed(), 0),
    only: soak ? [] : only,
    share: typed.number('share', 1, 0.01),
    minutes: typed.number('minutes', soak ? 30 : 8, 0),
    inFlight: typed.whole('in-flight', soak ? 400 : 200, 1),
    atLeast: typed.whole('at-least', 200, 1),
    expiry: typed.whole('expiry', 20, 1),
    slack: typed.number('slack', 1, 1),
    directory: typed.text('directory'),
    previous: typed.text('previous'),
  };
}

function refuseUnknown(number: number, known: Known): void {
  if (known.some((fault) => fault.number === number)) return;
  const list = known.map((fault) => `${String(fault.number).padStart(4)}  ${fault.name}`).join('\n');
  throw new Error(`--only ${number} is the number of no fault. The faults are:\n${list}`);
}
