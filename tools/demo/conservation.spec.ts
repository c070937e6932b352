import { describe, expect, it } from '@jest/globals';
import { conservation, duplicateMails, type DomainEvent, type Facts } from './conservation.ts';
import { textOf } from './violation.ts';

let count = 0;
const event = (type: string, subject: string, data: object = {}): DomainEvent => ({
  id: `event-${++count}`,
  type,
  subject,
  data,
});

const lines = [{ sku: 'POT', quantity: 2 }];
const good: Facts = {
  events: [
    event('ProductAdded', 'POT', { onHand: 10 }),
    event('StockReceived', 'POT', { quantity: 5 }),
    event('OrderPlaced', 'a', { lines }),
    event('StockReserved', 'POT', { orderId: 'a', quantity: 2 }),
    { ...event('OrderConfirmed', 'a', { lines }), id: 'confirmed' },
    event('StockShipped', 'POT', { orderId: 'a', quantity: 2 }),
    event('OrderPlaced', 'b', { lines }),
    event('StockReserved', 'POT', { orderId: 'b', quantity: 2 }),
    { ...event('OrderCancelled', 'b', { lines }), id: 'cancelled' },
    event('StockReleased', 'POT', { orderId: 'b', quantity: 2 }),
    event('OrderPlaced', 'old', { lines }),
    event('StockReserved', 'POT', { orderId: 'old', quantity: 2 }),
  ],
  orders: [
    { orderId: 'a', status: 'confirmed' },
    { orderId: 'b', status: 'cancelled' },
    { orderId: 'old', status: 'pending' },
  ],
  products: [{ sku: 'POT', onHand: 13, reserved: 2 }],
  mails: [
    { messageId: '<confirmed@x>', text: 'Order a' },
    { messageId: '<cancelled@x>', text: 'Order b' },
  ],
  run: ['a', 'b'],
};

const violations = (facts: Partial<Facts>) =>
  conservation({ ...good, ...facts }).flatMap(({ violations }) => violations.map(textOf));
const without = (type: string, subject: string) =>
  good.events.filter((each) => each.type !== type || each.data.orderId !== subject);

describe('conservation', () => {
  it('holds when nothing is lost and nothing is twice', () => {
    expect(violations({})).toEqual([]);
    expect(duplicateMails(good)).toBe(0);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['stock that is gone', { products: [{ sku: 'POT', onHand: 12, reserved: 2 }] }, '12 on hand'],
    ['a reservation that is gone', { products: [{ sku: 'POT', onHand: 13, reserved: 0 }] }, '0 reserved'],
    ['a line that was not shipped', { events: without('StockShipped', 'a') }, 'a: 0 of 2 POT shipped'],
    [
      'a release that is made twice',
      { events: [...good.events, event('StockReleased', 'POT', { orderId: 'b', quantity: 2 })] },
      'POT: more let go than was held',
    ],
    [
      'a line that was shipped twice',
      { events: [...good.events, event('StockShipped', 'POT', { orderId: 'a', quantity: 2 })] },
      'a: 4 of 2 POT shipped',
    ],
    [
      'a cancelled order that holds stock',
      { events: without('StockReleased', 'b') },
      'b: settled, but holds 2 POT',
    ],
    [
      'a cancelled order that was shipped',
      { events: [...good.events, event('StockShipped', 'POT', { orderId: 'b', quantity: 1 })] },
      'b: not confirmed, but 1 POT shipped',
    ],
    [
      'a second outcome',
      { events: [...good.events, event('OrderRejected', 'a', { lines })] },
      'settled 2 times',
    ],
    [
      'an order that is placed twice',
      { events: [...good.events, event('OrderPlaced', 'old')] },
      'placed twice',
    ],
    ['an order that was forgotten', { run: ['a', 'b', 'c'] }, 'c: accepted, but not placed'],
    ['an order that is not settled', { run: ['a', 'b', 'old'] }, 'old: not settled'],
    ['a row that is gone', { orders: good.orders.slice(1) }, 'a: confirmed, but its row says undefined'],
    ['a row of nothing', { orders: [...good.orders, { orderId: 'x', status: 'pending' }] }, 'x: only a row'],
    ['a missing e-mail', { mails: good.mails.slice(1) }, 'a: no e-mail'],
    [
      'an e-mail with another id',
      { mails: [...good.mails, { messageId: '<other@x>', text: 'Order a' }] },
      'a: the Message-ID <other@x> is not of its outcome',
    ],
  ])('finds %s', (_, facts, expected) => {
    expect(violations(facts).join('; ')).toContain(expected);
  });

  it('counts e-mails that came twice', () => {
    expect(duplicateMails({ ...good, mails: [...good.mails, ...good.mails] })).toBe(2);
  });
});
