import { type PlaceOrder, sumOf } from '@atelier/contracts';
import type { CommittedEvent } from '../events/committed-event.ts';
import type { JsonInteger } from '../http/exact-json.ts';
import type { Order } from './order.schema.ts';

/** What an order is when it is placed: the data of its command and of its first event. */
export type PlacedOrder = PlaceOrder['data'];

type Line = PlacedOrder['lines'][number];
type JsonLine = Omit<Line, 'unitPrice'> & { unitPrice: { amount: JsonInteger; currency: string } };

/** The data of OrderPlaced from its JSON. */
export function placedOrder(json: CommittedEvent['data']): PlacedOrder {
  const { lines, ...order } = json as unknown as Omit<PlacedOrder, 'lines'> & { lines: readonly JsonLine[] };
  return {
    ...order,
    lines: lines.map(({ unitPrice: { amount, currency }, ...line }) => ({
      ...line,
      unitPrice: { amount: BigInt(amount), currency },
    })),
  };
}

/** The order as it was placed, which is all that is promised: the same for each repeat of the request. */
export function pendingOrder(
  { orderId, customerId, email, lines }: PlacedOrder,
  { version, time }: { readonly version: number; readonly time: string },
): Order {
  return {
    orderId,
    customerId,
    email,
    status: 'pending',
    lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice, status: 'pending' })),
    total: { amount: sumOf(lines), currency: lines[0]?.unitPrice.currency ?? '' },
    version,
    placedAt: time,
    updatedAt: time,
  };
}
