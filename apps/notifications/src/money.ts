import type { Money } from '@atelier/contracts';

/** `€4.50` for 450 EUR, `¥450` for 450 JPY: exact, with as many decimals as the currency has. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(decimal(amount, format.resolvedOptions().maximumFractionDigits ?? 0));
}

/** The decimal number as text: a number could not hold every amount. */
function decimal(amount: bigint, digits: number): `${number}` {
  const unsigned = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const point = unsigned.length - digits;
  return `${amount < 0n ? '-' : ''}${unsigned.slice(0, point)}.${unsigned.slice(point)}` as `${number}`;
}
