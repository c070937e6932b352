import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import { check as find } from './conservation.ts';
import { a, b, c, eventOf, good, withEvents, withRows } from './good-run.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const without = (id: string) => withEvents((events) => events.filter((event) => event.id !== id));
const again = (id: string, data: object = {}) =>
  withEvents((events) => [...events, { ...eventOf(id), data: { ...eventOf(id).data, ...data } }]);
const pots = (onHand: number, reserved: number) => withRows({ products: [{ sku: 'POT', onHand, reserved }] });

describe('conservation', () => {
  it('holds when stock is neither lost nor made up', () => {
    expect(check(good)).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    ['stock that is gone', pots(12, 0), 'POT: 15 received, 2 shipped, but 12 on hand'],
    ['stock that was made up', pots(14, 0), '14 on hand'],
    ['a reservation that stays', pots(13, 2), 'POT: 0 held for orders, but 2 reserved'],
    ['a receipt that counts twice', again('p2'), 'POT: 20 received'],
    ['a confirmed order without its goods', without('p5'), `${a}: 0 of 2 POT shipped`],
    ['a cancelled order that holds stock', without('p7'), `${b}: settled, but holds 2 POT`],
    ['a rejected order that holds stock', again('p3', { orderId: c }), `${c}: settled, but holds 2 POT`],
    [
      'a cancelled order that got goods',
      again('p5', { orderId: b }),
      `${b}: not confirmed, but 2 POT shipped`,
    ],
    ['goods that were shipped twice', again('p5'), `${a} gave back or got more than it held`],
    ['a release that is made twice', again('p7'), `${b} gave back or got more than it held`],
    [
      'more held than there is, for a moment',
      withEvents((events) =>
        events.flatMap((event) => {
          if (event.id !== 'p4') return [event];
          const tooMany = { orderId: 'x', quantity: 50 };
          return [event, { ...event, data: tooMany }, { ...event, type: 'StockReleased', data: tooMany }];
        }),
      ),
      'POT at version 4: 54 reserved of 15 on hand',
    ],
    [
      'a status that is not the outcome',
      withRows({ orders: [{ orderId: a, status: 'pending' }] }),
      `${a}: confirmed, but`,
    ],
    [
      'a product without a row',
      withRows({ products: [{ sku: 'PAN', onHand: 0, reserved: 0 }] }),
      'POT: added, but',
    ],
    ['a run without events', { ...good, events: [] }, 'no events, so there is nothing to check'],
    ['a run without products', withRows({ products: [] }), 'no products, so there is nothing to check'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
