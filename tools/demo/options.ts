import { anySeed, TypedOptions } from '../options.ts';

export interface Options {
  readonly orders: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly file: string | undefined;
  /** Milliseconds without any order being settled, after which the others are given up. */
  readonly timeoutMs: number;
}

export const usage = `Usage: npm run demo -- [--orders 300] [--concurrency 16] [--seed 1] [--timeout 120] [--file orders.ndjson]
Places orders on the platform that runs, waits until all are settled, and checks that nothing was lost or made up.
  --orders       how many
  --concurrency  how many at a time
  --seed         the same seed plans the same orders
  --timeout      seconds without any order settled, after which the others are given up
  --file         places these instead: one body of POST /v1/orders a line`;

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readOptions(args: readonly string[]): Options {
  const typed = new TypedOptions(usage, args, ['orders', 'concurrency', 'seed', 'timeout', 'file']);
  return {
    orders: typed.whole('orders', 300, 1),
    concurrency: typed.whole('concurrency', 16, 1),
    seed: typed.whole('seed', anySeed(), 0),
    file: typed.text('file'),
    timeoutMs: typed.whole('timeout', 120, 1) * 1_000,
  };
}
