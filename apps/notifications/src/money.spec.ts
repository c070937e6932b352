import { describe, expect, it } from '@jest/globals';
import { formatMoney } from './money.ts';

describe('money', () => {
  it.each([
    [450n, 'EUR', '€4.50'],
    [5n, 'EUR', '€0.05'],
    [0n, 'USD', '$0.00'],
    [-450n, 'EUR', '-€4.50'],
    [123_456_789n, 'USD', '$1,234,567.89'],
    [450n, 'JPY', '¥450'],
    [0n, 'JPY', '¥0'],
    [1n, 'KWD', 'KWD\u00a00.001'],
    [12_345n, 'UYW', 'UYW\u00a01.2345'],
    [12_345n, 'CLF', 'CLF\u00a01.2345'],
    [12_345n, 'ISK', 'ISK\u00a012,345'],
    [9_223_372_036_854_775_807n, 'EUR', '€92,233,720,368,547,758.07'],
  ])('%s %s is written %s', (amount, currency, text) => expect(formatMoney({ amount, currency })).toBe(text));

  it.each(['HUF', 'ALL', 'LBP', 'COP', 'IDR', 'PKR', 'AFN', 'MGA'])(
    '12345 %s has two decimals (an e-mail said 100 times as much)',
    (currency) => expect(formatMoney({ amount: 12_345n, currency })).toBe(`${currency}\u00a0123.45`),
  );

  it('12345 IQD has three decimals (an e-mail said 1000 times as much)', () => {
    expect(formatMoney({ amount: 12_345n, currency: 'IQD' })).toBe('IQD\u00a012.345');
  });

  it.each(['BGN', 'EURO', '€', '', 'constructor'])('12345 of %j is said without a guess', (currency) => {
    expect(formatMoney({ amount: 12_345n, currency })).toBe(`12,345 minor units of ${currency}`);
  });
});
