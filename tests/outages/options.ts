import { anySeed, TypedOptions } from '../../tools/options.ts';

const scenarios = ['outages', 'redrive'] as const;
export type Scenario = (typeof scenarios)[number];

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  /** How long each dependency is away. */
  readonly seconds: number;
  /** Only dependencies with this in their names. */
  readonly only: string;
  /** How many dead letters are made and redriven. */
  readonly letters: number;
  /** How many of them a job gives back in a second. */
  readonly rate: number;
  /** How often something is killed meanwhile. */
  readonly kills: number;
  /** Orders that may be unsettled at once. */
  readonly inFlight: number;
}

export const usage = `Usage: npm run test:outages -- outages [--seconds 120] [--only Kafka] [--in-flight 20] [--seed 1]
       npm run test:outages -- redrive [--letters 10000] [--rate 500] [--kills 8] [--in-flight 20] [--seed 1]
Without a name, both.`;

const names = ['seed', 'seconds', 'only', 'letters', 'rate', 'kills', 'in-flight'] as const;

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[]): Options {
  const typed = new TypedOptions(usage, args, names, { words: true });
  const scenario = (text: string): Scenario =>
    scenarios.find((each) => each === text) ??
    typed.refuse(`There is no measurement ${text}: there are ${scenarios.join(' and ')}.`);
  return {
    scenarios: typed.words.length === 0 ? scenarios : typed.words.map(scenario),
    seed: typed.whole('seed', anySeed(), 0),
    seconds: typed.whole('seconds', 120, 1),
    only: typed.text('only') ?? '',
    letters: typed.whole('letters', 10_000, 10),
    rate: typed.whole('rate', 500, 1),
    kills: typed.whole('kills', 8, 0),
    inFlight: typed.whole('in-flight', 20, 1),
  };
}
