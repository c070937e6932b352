import { upcast } from '@atelier/eventing/testing';
import { describe, it } from '@jest/globals';
import { OrderPlaced, OrdersEvents, OrderSubmitted } from '../../generated/index.ts';

const unitPrice = { amount: 450n, currency: 'EUR' };
const terms = {
  orderId: 'order-1',
  lines: [{ sku: 'cup', quantity: 2, unitPrice }],
  total: { amount: 900n, currency: 'EUR' },
  channel: 'phone',
} as const;
const placed = { ...terms, customerId: 'alice', email: 'alice@example.com' };

describe('an OrderPlaced', () => {
  it.each([
    ['has one', 'alice@example.com'],
    ['is from before there was one', ''],
  ])('is an OrderSubmitted by its customer, where its contact %s', (_, contact) => {
    const customer = { id: 'alice', contact: 'alice@example.com' };
    upcast(OrdersEvents, OrderPlaced({ ...placed, contact })).gives(OrderSubmitted({ ...terms, customer }));
  });
});
