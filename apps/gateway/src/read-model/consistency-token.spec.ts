import { describe, expect, it } from '@jest/globals';
import { parseToken, placesText, tokenOf } from './consistency-token.ts';

describe('a Consistency-Token', () => {
  it('names the place behind the write', () => {
    const token = tokenOf({ topic: 'orders.events', partition: 3, offset: 17n });
    expect(parseToken(token)).toEqual([{ topic: 'orders.events', partition: 3, offset: 18n }]);
  });

  it('may be several, and the positions of a read', () => {
    const places = [0, 5].map((partition) => ({ topic: 'inventory.events', partition, offset: 2n ** 53n }));
    expect(parseToken(placesText(places))).toEqual(places);
    expect(parseToken('orders.commands~0~1,transactions.events~0~0')).toHaveLength(2);
  });

  it.each([
    '',
    ' ',
    'x',
    'orders.events',
    'orders.events~0',
    'orders.events~6~1',
    'orders.events~0~-1',
    'orders.events~0~01',
    'orders.events~0~99999999999999999999',
    'ordersXevents~0~1',
    'records.decisions~0~1',
    'transactions.events~1~1',
    'orders.events~0~1,',
    'orders.events~0~1 orders.events~0~1',
    Array(33).fill('orders.events~0~1').join(','),
    `${'orders.events~0~1, '.repeat(1_000)}orders.events~0~1`,
  ])('is refused when no write has given it: %s', (token) => {
    expect(() => parseToken(token)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
