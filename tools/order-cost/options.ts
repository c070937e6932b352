import { anySeed, TypedOptions } from '../options.ts';

export interface Options {
  /** How many orders are in flight at a time: one measurement for each. */
  readonly inFlight: readonly number[];
  /** Of each measurement; `undefined` for as many as `ordersFor` gives. */
  readonly orders: number | undefined;
  readonly warmUp: number;
  readonly idleSeconds: number;
  readonly seed: number;
}

export const usage = `Usage: npm run measure -- [--in-flight 1,16,256] [--orders 600] [--warm-up 200] [--idle 30] [--seed 1]
Says what an order costs the platform that runs: transactions, CPU, time; and what it costs while nobody orders.
  --in-flight  orders at a time, one measurement for each number
  --orders     of each measurement; more with more in flight unless given
  --warm-up    orders before the first measurement, which count nowhere
  --idle       seconds without orders; 0 leaves it out
  --seed       the same seed plans the same orders`;

const FEWEST = 100;
const MOST = 1_500;

/** So many that each place is taken six times, within limits. */
export const ordersFor = (inFlight: number) => Math.min(MOST, Math.max(FEWEST, 6 * inFlight));

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[]): Options {
  const typed = new TypedOptions(usage, args, ['in-flight', 'orders', 'warm-up', 'idle', 'seed']);
  return {
    inFlight: typed.wholes('in-flight', 1) ?? [1, 16, 256],
    orders: typed.text('orders') === undefined ? undefined : typed.whole('orders', 0, 1),
    warmUp: typed.whole('warm-up', 200, 0),
    idleSeconds: typed.whole('idle', 30, 0),
    seed: typed.whole('seed', anySeed(), 0),
  };
}
