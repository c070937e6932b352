import {
  OrderCancelled,
  OrderConfirmed,
  OrderRejected,
  OrderSubmitted,
  ReleaseStock,
  ReserveStock,
  ShipStock,
} from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { ReserveStockPolicy } from './reserve-stock.policy.ts';

const unitPrice = { amount: 450n, currency: 'EUR' };
const orderId = 'order-1';
const order = {
  orderId,
  customerId: 'alice',
  email: 'alice@example.com',
  lines: [
    { sku: 'cup', quantity: 2, unitPrice },
    { sku: 'pot', quantity: 1, unitPrice },
  ],
  total: { amount: 1350n, currency: 'EUR' },
};
const { customerId: id, email: contact, ...terms } = order;
const policy = new ReserveStockPolicy();

describe('the stock of an order', () => {
  it('is reserved line by line when it is placed', () => {
    expect(policy.reserve(OrderSubmitted({ ...terms, channel: 'web', customer: { id, contact } }))).toEqual([
      ReserveStock({ sku: 'cup', orderId, quantity: 2 }),
      ReserveStock({ sku: 'pot', orderId, quantity: 1 }),
    ]);
  });

  it('is shipped line by line when it is confirmed', () => {
    const commands = [ShipStock({ sku: 'cup', orderId }), ShipStock({ sku: 'pot', orderId })];
    expect(policy.ship(OrderConfirmed(order))).toEqual(commands);
  });

  it.each([
    OrderRejected({ ...order, reason: 'out-of-stock' }),
    OrderCancelled({ ...order, reason: 'expired', cancelledBy: 'platform' }),
  ])('is released in all lines when it ends otherwise: %#', (event) => {
    const commands = [ReleaseStock({ sku: 'cup', orderId }), ReleaseStock({ sku: 'pot', orderId })];
    expect(policy.release(event)).toEqual(commands);
  });
});
