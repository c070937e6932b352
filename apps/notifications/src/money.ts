import { decimalsOf, type Money } from '@atelier/contracts';

/**
 * `€4.50` for 450 EUR, `¥450` for 450 JPY: exact, with as many decimals as ISO 4217 gives the currency. Where it gives none (an event
 * from before currencies were checked) it says `450 minor units of XYZ`.
 */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  if (decimals === undefined) return `${amount.toLocaleString('en')} minor units of ${currency}`;
  // Without these, the decimals are CLDR's: none for HUF, whose minor unit is a hundredth.
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(
    decimal(amount, decimals),
  );
}

/** The decimal number as text: a number could not hold every amount. */
function decimal(amount: bigint, digits: number): `${number}` {
  const unsigned = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const point = unsigned.length - digits;
  return `${amount < 0n ? '-' : ''}${unsigned.slice(0, point)}.${unsigned.slice(point)}` as `${number}`;
}
