import {
  OrderCancelled,
  OrderConfirmed,
  OrderSubmitted,
  OrderRejected,
  ReleaseStock,
  ReserveStock,
  ShipStock,
} from '@atelier/contracts';
import { Policy, Whenever } from '@atelier/eventing';

/**
 * Whenever an order moves on, the stock of each of its lines follows. One policy for all of it, so that an
 * order's reservation is always ahead of its shipment or release.
 */
@Policy({ group: 'inventory.reserve-stock' })
export class ReserveStockPolicy {
  @Whenever(OrderSubmitted)
  reserve({ data: { orderId, lines } }: OrderSubmitted) {
    return lines.map(({ sku, quantity }) => ReserveStock({ sku, orderId, quantity }));
  }

  @Whenever(OrderConfirmed)
  ship({ data: { orderId, lines } }: OrderConfirmed) {
    return lines.map(({ sku }) => ShipStock({ sku, orderId }));
  }

  /** All lines, also those that were refused or not answered yet: an answer may still be under way. */
  @Whenever(OrderRejected)
  @Whenever(OrderCancelled)
  release({ data: { orderId, lines } }: OrderRejected | OrderCancelled) {
    return lines.map(({ sku }) => ReleaseStock({ sku, orderId }));
  }
}
