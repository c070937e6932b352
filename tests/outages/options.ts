import { parseArgs } from 'node:util';
import { decimal } from '../../tools/decimal.ts';

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

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      seconds: { type: 'string', default: '120' },
      only: { type: 'string', default: '' },
      letters: { type: 'string', default: '10000' },
      rate: { type: 'string', default: '500' },
      kills: { type: 'string', default: '8' },
      'in-flight': { type: 'string', default: '20' },
    },
  });
  return {
    scenarios: positionals.length === 0 ? scenarios : positionals.map(scenario),
    seed: number('seed', values.seed, 0),
    seconds: number('seconds', values.seconds, 1),
    only: values.only,
    letters: number('letters', values.letters, 10),
    rate: number('rate', values.rate, 1),
    kills: number('kills', values.kills, 0),
    inFlight: number('in-flight', values['in-flight'], 1),
  };
}

function scenario(text: string): Scenario {
  const known = scenarios.find((each) => each === text);
  if (known) return known;
  throw new Error(`There is no measurement ${text}: there are ${scenarios.join(' and ')}.\n${usage}`);
}

function number(name: string, text: string, least: number): number {
  const value = decimal(text);
  if (value >= least && Number.isSafeInteger(value)) return value;
  throw new Error(`--${name} ${text} is not a whole number from ${least} on.\n${usage}`);
}
