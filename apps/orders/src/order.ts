import { isAmount, isCurrency, type Money, type OrderLine, sumOf } from '@atelier/contracts';

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

/** The sum of the lines, or what is wrong with them. */
export function totalOf(lines: readonly OrderLine[]): Money | { readonly wrong: string } {
  const [first] = lines;
  if (!first) return { wrong: 'no-lines' };
  const { currency } = first.unitPrice;
  if (new Set(lines.map(({ sku }) => sku)).size < lines.length) return { wrong: 'duplicate-sku' };
  if (lines.some(({ quantity }) => quantity < 1)) return { wrong: 'invalid-quantity' };
  if (!lines.every(({ unitPrice }) => isAmount(unitPrice.amount))) return { wrong: 'invalid-price' };
  if (lines.some(({ unitPrice }) => unitPrice.currency !== currency)) return { wrong: 'mixed-currencies' };
  if (!isCurrency(currency)) return { wrong: 'unknown-currency' };
  const amount = sumOf(lines);
  return isAmount(amount) ? { amount, currency } : { wrong: 'total-too-large' };
}
