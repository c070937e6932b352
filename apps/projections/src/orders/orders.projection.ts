import {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderSubmitted,
  OrderPlacementRefused,
  OrderRejected,
  ReservationRecordingRefused,
  projections,
} from '@atelier/contracts';
import { Project, Projection } from '@atelier/eventing';
import type { Received } from '@atelier/eventing/domain';
import type { LineStatus, OrderStatus } from '@atelier/read-model';
import type { Rows } from '../rows.ts';
import {
  advanceOrders,
  insertLines,
  insertOrders,
  markLines,
  settleLines,
  settleOrders,
} from './order.rows.ts';

type Refusal =
  OrderPlacementRefused | OrderCancellationRefused | OrderExpiryRefused | ReservationRecordingRefused;
type Settled = OrderConfirmed | OrderRejected | OrderCancelled;

/** One row for each order and one for each of its lines, as `GET /v1/orders` shows them. */
@Projection(projections.orders)
export class OrdersProjection {
  @Project(OrderSubmitted)
  async placed(events: readonly Received<OrderSubmitted>[], rows: Rows): Promise<void> {
    await insertOrders(events, rows);
    await insertLines(events, rows);
  }

  @Project(LineReserved)
  reserved(events: readonly Received<LineReserved>[], rows: Rows): Promise<void> {
    return this.answered(events, 'reserved', rows);
  }

  @Project(LineRefused)
  refused(events: readonly Received<LineRefused>[], rows: Rows): Promise<void> {
    return this.answered(events, 'refused', rows);
  }

  @Project(OrderConfirmed)
  confirmed(events: readonly Received<OrderConfirmed>[], rows: Rows): Promise<void> {
    return this.settled(events, 'confirmed', rows);
  }

  @Project(OrderRejected)
  rejected(events: readonly Received<OrderRejected>[], rows: Rows): Promise<void> {
    return this.settled(events, 'rejected', rows);
  }

  @Project(OrderCancelled)
  cancelled(events: readonly Received<OrderCancelled>[], rows: Rows): Promise<void> {
    return this.settled(events, 'cancelled', rows);
  }

  /** A refusal changes nothing but the length of the order's history, which the version counts. */
  @Project(OrderPlacementRefused)
  @Project(OrderCancellationRefused)
  @Project(OrderExpiryRefused)
  @Project(ReservationRecordingRefused)
  noted(events: readonly Received<Refusal>[], rows: Rows): Promise<void> {
    return advanceOrders(events, rows);
  }

  private async answered(
    events: readonly Received<LineReserved | LineRefused>[],
    status: LineStatus,
    rows: Rows,
  ): Promise<void> {
    await markLines(events, status, rows);
    await advanceOrders(events, rows);
  }

  private async settled(
    events: readonly Received<Settled>[],
    status: OrderStatus,
    rows: Rows,
  ): Promise<void> {
    await settleOrders(events, status, rows);
    await settleLines(events, status, rows);
  }
}
