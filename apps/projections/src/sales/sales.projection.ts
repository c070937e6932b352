import {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlacementRefused,
  OrderRejected,
  OrderSubmitted,
  projections,
  ReservationRecordingRefused,
} from '@atelier/contracts';
import { type Placed, Project, Projection } from '@atelier/eventing';
import type { Rows } from '../rows.ts';
import { addSales } from './sale.rows.ts';

/** What was sold of each product on each day: an order is a sale once it is confirmed, and stays one. */
@Projection({
  ...projections.sales,
  skips: [
    OrderSubmitted,
    OrderPlacementRefused,
    OrderRejected,
    OrderCancelled,
    OrderCancellationRefused,
    OrderExpiryRefused,
    LineReserved,
    LineRefused,
    ReservationRecordingRefused,
  ],
})
export class SalesProjection {
  @Project(OrderConfirmed)
  sold(events: readonly Placed<OrderConfirmed>[], rows: Rows): Promise<void> {
    return addSales(events, rows);
  }
}
