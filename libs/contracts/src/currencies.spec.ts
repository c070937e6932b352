import { describe, expect, it } from '@jest/globals';
import { CURRENCIES, decimalsOf } from './currencies.ts';

describe('the decimals of a currency', () => {
  it.each([
    [0, ['JPY', 'ISK', 'UGX', 'CLP', 'KRW', 'VND', 'XOF']],
    [2, ['EUR', 'HUF', 'ALL', 'LBP', 'COP', 'IDR', 'PKR', 'AFN', 'MGA', 'MRU', 'XCG', 'ZWG']],
    [3, ['IQD', 'KWD', 'BHD', 'TND']],
    [4, ['CLF', 'UYW']],
  ])('are %d, as ISO 4217 has them and not as shops write prices: %j', (decimals, codes) => {
    expect(codes.map(decimalsOf)).toEqual(codes.map(() => decimals));
  });

  it.each(['EURO', 'eur', '', 'XYZ', 'BGN', 'XAU', 'XXX', 'constructor', '__proto__', 'toString'])(
    'are not known of %j',
    (code) => expect(decimalsOf(code)).toBeUndefined(),
  );

  it('are known of 165 currencies, each a code of three letters', () => {
    expect(CURRENCIES).toHaveLength(165);
    for (const code of CURRENCIES) expect(code).toMatch(/^[A-Z]{3}$/);
    expect(new Set(CURRENCIES).size).toBe(165);
  });
});
