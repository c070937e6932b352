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
import { count } from './customer.rows.ts';

/** What became of the orders of each customer, and what the confirmed ones came to. */
@Projection({
  ...projections.customers,
  skips: [
    OrderPlacementRefused,
    OrderCancellationRefused,
    OrderExpiryRefused,
    LineReserved,
    LineRefused,
    ReservationRecordingRefused,
  ],
})
export class CustomersProjection {
  @Project(OrderSubmitted)
  placed(events: readonly Placed<OrderSubmitted>[], rows: Rows): Promise<void> {
    return count(events, ({ customer, total }) => ({ customerId: customer.id, total, placed: 1 }), rows);
  }

  @Project(OrderConfirmed)
  confirmed(events: readonly Placed<OrderConfirmed>[], rows: Rows): Promise<void> {
    return count(events, (order) => ({ ...order, confirmed: 1, spent: order.total.amount }), rows);
  }

  @Project(OrderRejected)
  rejected(events: readonly Placed<OrderRejected>[], rows: Rows): Promise<void> {
    return count(events, (order) => ({ ...order, rejected: 1 }), rows);
  }

  @Project(OrderCancelled)
  cancelled(events: readonly Placed<OrderCancelled>[], rows: Rows): Promise<void> {
    return count(events, (order) => ({ ...order, cancelled: 1 }), rows);
  }
}
