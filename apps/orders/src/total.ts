import { isAmount, isCurrency, type Money, type OrderLine, sumOf } from '@atelier/contracts';

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
