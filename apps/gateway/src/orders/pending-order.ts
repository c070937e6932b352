import type { Order } from './order.schema.ts';

/** What an order is when it is placed: the data of its command and of its first event. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly Omit<Order['lines'][number], 'status'>[];
}

/** The order as it was placed, which is all that is promised: the same for each repeat of the request. */
export function pendingOrder(
  { orderId, customerId, email, lines }: PlacedOrder,
  { version, time }: { readonly version: number; readonly time: string },
): Order {
  const amount = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  return {
    orderId,
    customerId,
    email,
    status: 'pending',
    lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice, status: 'pending' })),
    total: { amount, currency: lines[0]?.unitPrice.currency ?? '' },
    version,
    placedAt: time,
    updatedAt: time,
  };
}
