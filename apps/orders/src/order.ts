import type { Money, OrderLine } from '@atelier/contracts';

/** What an order's decisions need to know, and no more. */
export type Order = { readonly status: 'none' } | PendingOrder | { readonly status: Settled };

export type Settled = 'confirmed' | 'rejected' | 'cancelled';

export interface PendingOrder extends Terms {
  readonly status: 'pending';
  /** Skus of the lines whose pieces are held. A refused line settles the order, so it is never pending here. */
  readonly reserved: readonly string[];
}

/** What was agreed when the order was placed; its outcome repeats it for whoever reads no history. */
export interface Terms {
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
}

const int64Max = 2n ** 63n - 1n;

/** The sum of the lines, or what is wrong with them. */
export function totalOf(lines: readonly OrderLine[]): Money | { readonly wrong: string } {
  const [first] = lines;
  if (!first) return { wrong: 'no-lines' };
  const { currency } = first.unitPrice;
  if (new Set(lines.map(({ sku }) => sku)).size < lines.length) return { wrong: 'duplicate-sku' };
  if (lines.some(({ quantity }) => quantity < 1)) return { wrong: 'invalid-quantity' };
  if (lines.some(({ unitPrice }) => unitPrice.amount < 0n)) return { wrong: 'invalid-price' };
  if (lines.some(({ unitPrice }) => unitPrice.currency !== currency)) return { wrong: 'mixed-currencies' };
  const amount = lines.reduce((sum, line) => sum + BigInt(line.quantity) * line.unitPrice.amount, 0n);
  return amount > int64Max ? { wrong: 'total-too-large' } : { amount, currency };
}
