import { decimalsOf } from './currencies.ts';
import type { Money, OrderLine } from './generated/index.ts';

/**
 * The largest amount that the platform takes for a price and for an order, in minor units: the largest whole number that every
 * reader of JSON has exactly. What is in the log may be larger, from before there was a limit.
 */
export const LARGEST_AMOUNT = 2n ** 53n - 1n;

export const isAmount = (amount: bigint) => amount >= 0n && amount <= LARGEST_AMOUNT;

export const isCurrency = (code: string) => decimalsOf(code) !== undefined;

/** What the lines come to, exact, whatever is in them. */
export const sumOf = (lines: readonly OrderLine[]): Money['amount'] =>
  lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * unitPrice.amount, 0n);
