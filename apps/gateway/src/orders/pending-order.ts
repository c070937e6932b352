import { type JsonData, type OrderPlaced, type PlaceOrder, sumOf } from '@atelier/contracts';
import type { Order } from './order.schema.ts';

/** What an order is when it is placed: the data of its command and of its first event. */
export type PlacedOrder = PlaceOrder['data'];

type Json = JsonData<OrderPlaced['data']>;
type PlacedJson = Omit<Json, 'channel'> & Partial<Pick<Json, 'channel'>>;

/** From the JSON of the event. Rows of releases from before there were channels have none. */
export const placedOrder = ({ lines, channel, ...order }: PlacedJson): PlacedOrder => ({
  ...order,
  channel: channel ?? 'web',
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
