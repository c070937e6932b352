import {
  ExpireOrder,
  OrderSubmitted,
  RecordReservation,
  StockReservationRefused,
  StockReserved,
} from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { ExpireOrderPolicy } from './expire-order.policy.ts';
import { RecordReservationPolicy } from './record-reservation.policy.ts';

const stock = { orderId: 'order-1', sku: 'cup', quantity: 2 };

describe('recording reservations', () => {
  const policy = new RecordReservationPolicy();

  it('tells the order that its line is reserved', () => {
    const command = RecordReservation({ orderId: 'order-1', sku: 'cup', reserved: true, reason: null });
    expect(policy.reserved(StockReserved(stock))).toEqual(command);
  });

  it('tells the order why its line is not', () => {
    const reason = 'out-of-stock';
    const command = RecordReservation({ orderId: 'order-1', sku: 'cup', reserved: false, reason });
    expect(policy.refused(StockReservationRefused({ ...stock, reason }))).toEqual(command);
  });
});

describe('expiring orders', () => {
  it('happens as long after placement as is configured', () => {
    const placed = OrderSubmitted({
      orderId: 'order-1',
      customer: { id: 'alice', contact: 'alice@example.com' },
      lines: [],
      total: { amount: 0n, currency: 'EUR' },
      channel: 'web',
    });
    const expected = { command: ExpireOrder({ orderId: 'order-1' }), delayMs: 2_000 };
    expect(new ExpireOrderPolicy({ expiryMs: 2_000 }).expire(placed)).toEqual(expected);
  });
});
