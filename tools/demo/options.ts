import { parseArgs } from 'node:util';
import { decimal } from '../decimal.ts';

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
  const { values } = parseArgs({
    args: [...args],
    options: {
      orders: { type: 'string', default: '300' },
      concurrency: { type: 'string', default: '16' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      timeout: { type: 'string', default: '120' },
      file: { type: 'string' },
    },
  });
  return {
    orders: whole('orders', values.orders, 1),
    concurrency: whole('concurrency', values.concurrency, 1),
    seed: whole('seed', values.seed, 0),
    file: values.file,
    timeoutMs: whole('timeout', values.timeout, 1) * 1_000,
  };
}

function whole(name: string, value: string, least: number): number {
  const number = decimal(value);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${name} ${value} is not a whole number from ${least} on.\n${usage}`);
  }
  return number;
}
