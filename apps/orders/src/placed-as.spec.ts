import {
  OrderPlaced,
  OrderPlacementRefused,
  OrdersEvents,
  OrderSubmitted,
  PlaceOrder,
} from '@atelier/contracts';
import { given, upcast } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { orderPlacedAs } from './placed-as.ts';

const orderId = 'order-1';
const [customerId, email] = ['alice', 'alice@example.com'];
const lines = [{ sku: 'cup', quantity: 2, unitPrice: { amount: 450n, currency: 'EUR' } }];
const terms = { orderId, lines, total: { amount: 900n, currency: 'EUR' }, channel: 'phone' } as const;
const place = PlaceOrder({ orderId, customerId, email, lines, channel: 'phone' });
const submitted = OrderSubmitted({ ...terms, customer: { id: customerId, contact: email } });
const placed = OrderPlaced({ ...terms, customerId, email, contact: email });

describe('what an order begins with', () => {
  it('is of the type that the roll-out has come to', () => {
    expect(given(orderPlacedAs('OrderPlaced'), []).when(place)).toEqual([placed]);
    expect(given(orderPlacedAs('OrderSubmitted'), []).when(place)).toEqual([submitted]);
  });

  it('is read as the same, and leads to the same state', () => {
    upcast(OrdersEvents, placed).gives(submitted);
    for (const type of ['OrderPlaced', 'OrderSubmitted'] as const)
      expect(given(orderPlacedAs(type), [placed]).state()).toEqual(
        given(orderPlacedAs(type), [submitted]).state(),
      );
  });

  it('is a refusal of the same type', () => {
    const refusal = OrderPlacementRefused({ orderId, reason: 'already-placed' });
    expect(given(orderPlacedAs('OrderPlaced'), [placed]).when(place)).toEqual([refusal]);
  });
});
