import { ofVersion, upcast } from '@atelier/eventing/testing';
import { describe, it } from '@jest/globals';
import {
  OrderPlaced,
  type OrderPlacedV1Data,
  type OrderPlacedV2Data,
  OrdersEvents,
  OrderSubmitted,
} from '../../generated/index.ts';

const unitPrice = { amount: 450n, currency: 'EUR' };
const terms = {
  orderId: 'order-1',
  lines: [{ sku: 'cup', quantity: 2, unitPrice }],
  total: { amount: 900n, currency: 'EUR' },
};
const first: OrderPlacedV1Data = { ...terms, customerId: 'alice', email: 'alice@example.com' };
const second: OrderPlacedV2Data = { ...first, channel: 'phone' };
const third: OrderPlaced['data'] = { ...second, contact: 'alice@example.com' };

describe('an OrderPlaced', () => {
  it.each([
    ['1', ofVersion(OrderPlaced, 1, first), 'web'],
    ['2', ofVersion(OrderPlaced, 2, second), 'phone'],
    ['3', OrderPlaced(third), 'phone'],
  ] as const)(
    'of version %s is an OrderSubmitted by its customer, who has one address',
    (_, placed, channel) => {
      const customer = { id: 'alice', contact: 'alice@example.com' };
      upcast(OrdersEvents, placed).gives(OrderSubmitted({ ...terms, customer, channel }));
    },
  );
});
