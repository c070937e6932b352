import {
  contactOf,
  type JsonData,
  type OrderPlaced,
  type OrderSubmitted,
  type PlaceOrder,
  sumOf,
} from '@atelier/contracts';
import type { Order } from './order.schema.ts';

/** What an order is when it is placed: the data of its command and of its first event. */
export type PlacedOrder = PlaceOrder['data'];

type Lines = JsonData<OrderSubmitted['data']['lines']>;

/** From the JSON of the event. */
export const placedOrder = ({
  customer,
  lines,
  orderId,
  channel,
}: JsonData<OrderSubmitted['data']>): PlacedOrder => ({
  orderId,
  customerId: customer.id,
  email: customer.contact,
  lines: linesOf(lines),
  channel,
});

type Former = JsonData<OrderPlaced['data']>;
type Added = 'channel' | 'contact';

/** From a row that a release before has written; it lacks what that did not know. */
export const formerlyPlaced = ({
  orderId,
  customerId,
  email,
  contact = '',
  lines,
  channel = 'web',
}: Omit<Former, Added> & Partial<Pick<Former, Added>>): PlacedOrder => ({
  orderId,
  customerId,
  email: contactOf({ contact, email }),
  lines: linesOf(lines),
  channel,
});

const linesOf = (lines: Lines): PlacedOrder['lines'] =>
  lines.map(({ unitPrice: { amount, currency }, ...line }) => ({
    ...line,
    unitPrice: { amount: BigInt(amount), currency },
  }));

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
