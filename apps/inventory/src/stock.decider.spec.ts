import {
  AddProduct,
  ProductAdded,
  ProductAdditionRefused,
  ReceiveStock,
  ReleaseStock,
  ReserveStock,
  ShipStock,
  StockReceiptRefused,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipmentRefused,
  StockShipped,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { EPOCH, expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { stock } from './stock.decider.ts';

const sku = 'cup';
const product = { sku, name: 'A cup', unitPrice: { amount: 450n, currency: 'EUR' }, onHand: 10 };
const mine = { sku, orderId: 'order-1' };
const yours = { sku, orderId: 'order-2' };

const ten = [ProductAdded(product)];
const threeHeld = [...ten, StockReserved({ ...mine, quantity: 3 })];
const released = [...threeHeld, StockReleased({ ...mine, quantity: 3 })];
const shipped = [...threeHeld, StockShipped({ ...mine, quantity: 3 })];
const buried = [...ten, StockReleased({ ...mine, quantity: 0 })];

const reserve = (quantity: number, order = mine) => ReserveStock({ ...order, quantity });
const reservationRefused = (reason: string, quantity = 1) =>
  StockReservationRefused({ ...mine, quantity, reason });

describe('adding a product', () => {
  it('takes the largest price that there is', () => {
    const dear = { ...product, unitPrice: { amount: 2n ** 53n - 1n, currency: 'EUR' } };
    expect(given(stock, []).when(AddProduct(dear))).toEqual([ProductAdded(dear)]);
  });

  it('puts it on the shelf, also an empty one', () => {
    expect(given(stock, []).when(AddProduct(product))).toEqual([ProductAdded(product)]);
    const none = { ...product, onHand: 0 };
    expect(given(stock, []).when(AddProduct(none))).toEqual([ProductAdded(none)]);
  });

  it('is refused with a sku that a list could not go on after, and not one byte shorter', () => {
    const long = { ...product, sku: 'x'.repeat(3_000) };
    const refusal = ProductAdditionRefused({ sku: long.sku, reason: 'id-too-long' });
    expect(given(stock, []).when(AddProduct(long))).toEqual([refusal]);
    const longest = { ...product, sku: 'ü'.repeat(500) };
    expect(given(stock, []).when(AddProduct(longest))).toEqual([ProductAdded(longest)]);
  });

  it.each<[string, Message[], object]>([
    ['already-added', ten, {}],
    ['already-added', threeHeld, {}],
    ['invalid-quantity', [], { onHand: -1 }],
    ['invalid-price', [], { unitPrice: { amount: -1n, currency: 'EUR' } }],
    ['invalid-price', [], { unitPrice: { amount: 2n ** 53n, currency: 'EUR' } }],
    ['invalid-price', [], { unitPrice: { amount: 2n ** 63n - 1n, currency: 'EUR' } }],
    ['unknown-currency', [], { unitPrice: { amount: 450n, currency: 'EURO' } }],
    ['unknown-currency', [], { unitPrice: { amount: 450n, currency: 'constructor' } }],
  ])('is refused: %s', (reason, history, change) => {
    const answer = given(stock, history).when(AddProduct({ ...product, ...change }));
    expect(answer).toEqual([ProductAdditionRefused({ sku, reason })]);
  });
});

describe('receiving stock', () => {
  it('makes more of it available', () => {
    expect(given(stock, ten).when(ReceiveStock({ sku, quantity: 5 }))).toEqual([
      StockReceived({ sku, quantity: 5 }),
    ]);
    const fifteen = [...ten, StockReceived({ sku, quantity: 5 })];
    expect(given(stock, fifteen).when(reserve(15))).toEqual([StockReserved({ ...mine, quantity: 15 })]);
  });

  it.each<[string, Message[], number]>([
    ['unknown-product', [], 5],
    ['invalid-quantity', ten, 0],
    ['invalid-quantity', ten, -5],
    ['stock-too-large', ten, 2 ** 31 - 10],
  ])('is refused: %s', (reason, history, quantity) => {
    const answer = given(stock, history).when(ReceiveStock({ sku, quantity }));
    expect(answer).toEqual([StockReceiptRefused({ sku, reason })]);
  });
});

describe('reserving stock', () => {
  it.each([1, 10])('holds %d of ten pieces', (quantity) => {
    expect(given(stock, ten).when(reserve(quantity))).toEqual([StockReserved({ ...mine, quantity })]);
  });

  it('counts what others hold as gone', () => {
    expect(given(stock, threeHeld).when(reserve(7, yours))).toEqual([
      StockReserved({ ...yours, quantity: 7 }),
    ]);
    const refusal = StockReservationRefused({ ...yours, quantity: 8, reason: 'out-of-stock' });
    expect(given(stock, threeHeld).when(reserve(8, yours))).toEqual([refusal]);
  });

  it('counts what was given back as there, and what was shipped as gone', () => {
    expect(given(stock, released).when(reserve(10, yours))).toEqual([
      StockReserved({ ...yours, quantity: 10 }),
    ]);
    const refusal = StockReservationRefused({ ...yours, quantity: 8, reason: 'out-of-stock' });
    expect(given(stock, shipped).when(reserve(8, yours))).toEqual([refusal]);
  });

  it.each<[string, Message[], number]>([
    ['unknown-product', [], 1],
    ['out-of-stock', ten, 11],
    ['invalid-quantity', ten, 0],
    ['already-reserved', threeHeld, 1],
    ['already-released', buried, 1],
  ])('is refused: %s', (reason, history, quantity) => {
    expect(given(stock, history).when(reserve(quantity))).toEqual([reservationRefused(reason, quantity)]);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'knows an order that is called %s by its own pieces',
    (orderId) => {
      const odd = { sku, orderId };
      const held = [...ten, StockReserved({ ...odd, quantity: 3 })];
      expect(given(stock, ten).when(reserve(3, odd))).toEqual([StockReserved({ ...odd, quantity: 3 })]);
      expect(given(stock, ten).when(ShipStock(odd))).toEqual([
        StockShipmentRefused({ ...odd, reason: 'not-reserved' }),
      ]);
      expect(given(stock, held).when(ReleaseStock(odd))).toEqual([StockReleased({ ...odd, quantity: 3 })]);
      expect(given(stock, [...held, StockShipped({ ...odd, quantity: 3 })]).state()).toMatchObject({
        onHand: 7,
        reserved: 0,
      });
    },
  );
});

describe('releasing stock', () => {
  it('gives back what the order holds', () => {
    expect(given(stock, threeHeld).when(ReleaseStock(mine))).toEqual([
      StockReleased({ ...mine, quantity: 3 }),
    ]);
  });

  it.each<[string, Message[]]>([
    ['an unknown product', []],
    ['a product that it never asked for', ten],
    ['a product that others hold', threeHeld],
    [
      'what it gave back',
      [...ten, StockReserved({ ...yours, quantity: 3 }), StockReleased({ ...yours, quantity: 3 })],
    ],
    [
      'what was shipped',
      [...ten, StockReserved({ ...yours, quantity: 3 }), StockShipped({ ...yours, quantity: 3 })],
    ],
  ])('gives back nothing of %s', (_, history) => {
    expect(given(stock, history).when(ReleaseStock(yours))).toEqual([
      StockReleased({ ...yours, quantity: 0 }),
    ]);
  });

  it('refuses a reservation that comes after it, also of a product that is added later', () => {
    const early = [StockReleased({ ...mine, quantity: 0 }), ...ten];
    expect(given(stock, early).when(reserve(1))).toEqual([reservationRefused('already-released')]);
  });

  it('remembers that for as long as commands are kept, and no longer', () => {
    const day = 24 * 60 * 60 * 1000;
    const at = (days: number, orderId: string) =>
      received(StockReleased({ sku, orderId, quantity: 0 }), { time: EPOCH + days * day });
    const week = given(stock, [...ten, at(0, 'order-1'), at(6.9, 'order-2')]);
    expect(week.when(reserve(1))).toEqual([reservationRefused('already-released')]);
    const later = given(stock, [...ten, at(0, 'order-1'), at(6.9, 'order-2'), at(7, 'order-3')]);
    expect(later.when(reserve(1))).toEqual([StockReserved({ ...mine, quantity: 1 })]);
    expect(later.state()).toMatchObject({ tombstones: [{ orderId: 'order-2' }, { orderId: 'order-3' }] });
  });

  it('is remembered once, however often it is asked for', () => {
    const twice = [...buried, StockReleased({ ...mine, quantity: 0 })];
    expect(given(stock, twice).state()).toEqual(given(stock, buried).state());
  });
});

describe('shipping stock', () => {
  it('takes what the order holds off the shelf', () => {
    expect(given(stock, threeHeld).when(ShipStock(mine))).toEqual([StockShipped({ ...mine, quantity: 3 })]);
    expect(given(stock, shipped).state()).toMatchObject({ onHand: 7, reserved: 0, reservations: [] });
  });

  it.each<[string, Message[]]>([
    ['unknown-product', []],
    ['not-reserved', ten],
    ['not-reserved', released],
    ['not-reserved', shipped],
    ['not-reserved', buried],
  ])('is refused: %s', (reason, history) => {
    expect(given(stock, history).when(ShipStock(mine))).toEqual([StockShipmentRefused({ ...mine, reason })]);
  });
});

describe('the state of a stock', () => {
  it.each([
    ProductAdditionRefused({ sku, reason: 'already-added' }),
    StockReceiptRefused({ sku, reason: 'invalid-quantity' }),
    reservationRefused('out-of-stock'),
    StockShipmentRefused({ ...mine, reason: 'not-reserved' }),
  ])('is not changed by a refusal: %j', (refusal) => {
    for (const history of [[], ten, threeHeld, buried]) {
      expect(given(stock, [...history, refusal]).state()).toEqual(given(stock, history).state());
    }
  });

  it('cannot have pieces before the product: such a log is broken', () => {
    expect(() => given(stock, [StockReceived({ sku, quantity: 1 })]).state()).toThrow('never added');
  });
});

describe('a key that was used for another request', () => {
  const reason = 'idempotency-key-reused';

  it.each([
    [AddProduct(product), ProductAdditionRefused({ sku, reason })],
    [ReceiveStock({ sku, quantity: 1 }), StockReceiptRefused({ sku, reason })],
    [reserve(1), reservationRefused(reason)],
    [ShipStock(mine), StockShipmentRefused({ ...mine, reason })],
    [ReleaseStock(mine), StockReleased({ ...mine, quantity: 0 })],
  ])('is refused, or changes nothing: %j', (command, answer) => {
    expect(stock.refuseReusedKey?.(received(command), stock.initial)).toEqual(answer);
  });
});

describe('the fold', () => {
  it('is the one that this version had (state on disk would keep the old meaning)', () => {
    const noted = [
      ProductAdditionRefused({ sku, reason: 'already-added' }),
      StockReceiptRefused({ sku, reason: 'invalid-quantity' }),
      reservationRefused('out-of-stock'),
      StockShipmentRefused({ ...mine, reason: 'not-reserved' }),
    ];
    const received = [...threeHeld, StockReceived({ sku, quantity: 5 }), ...noted];
    expectSameFold(stock, [released, shipped, buried, received], {
      version: 2,
      fingerprint: '70e833d8e161.98f2dc8bf0a5',
    });
  });
});
