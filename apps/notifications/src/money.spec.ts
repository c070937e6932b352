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
    [9_223_372_036_854_775_807n, 'EUR', '€92,233,720,368,547,758.07'],
  ])('%s %s is written %s', (amount, currency, text) => expect(formatMoney({ amount, currency })).toBe(text));
});
