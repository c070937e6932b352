import { contactOf, type JsonData, type OrderPlaced, type PlaceOrder, sumOf } from '@atelier/contracts';
import type { Order } from './order.schema.ts';

/** What an order is when it is placed: the data of its command and of its first event. */
export type PlacedOrder = PlaceOrder['data'];

type Json = JsonData<OrderPlaced['data']>;
type PlacedJson = Omit<Json, 'channel' | 'contact'> & Partial<Pick<Json, 'channel' | 'contact'>>;

/** From the JSON of the event. Rows that releases from before have written lack what these did not know. */
export const placedOrder = ({
  lines,
  channel = 'web',
  contact = '',
  email,
  ...order
}: PlacedJson): PlacedOrder => ({
  ...order,
  channel,
  email: contactOf({ contact, email }),
  lines: lines.map(({ unitPrice: { amount, currency }, ...line }) => ({
    ...line,
    unitPrice: { amount: BigInt(amount), currency },
  })),
});

/** The order as it was placed, which is all that is promised: the same for each repeat of the request. */
export function pendingOrder(
  { orderId, customerId, email, lines, channel }: PlacedOrder,
  { version, time }: { readonly version: number; readonly time: string },
): Order {
  return {
    orderId,
    customerId,
    contact: email,
    email,
    channel,
    status: 'pending',
    lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice, status: 'pending' })),
    total: { amount: sumOf(lines), currency: lines[0]?.unitPrice.currency ?? '' },
    version,
    placedAt: time,
    updatedAt: time,
  };
}
