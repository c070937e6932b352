import type {
  LineRefused,
  LineReserved,
  OrderCancelled,
  OrderConfirmed,
  OrderSubmitted,
  OrderRejected,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import type { LineStatus, OrderStatus } from '@atelier/read-model';
import { sql } from 'kysely';
import { lastOfEach, timeOf, versionOf } from '../event-metadata.ts';
import type { Rows } from '../rows.ts';
import { recordset } from '../recordset.ts';

export async function insertOrders(events: readonly Received<OrderSubmitted>[], rows: Rows): Promise<void> {
  const orders = events.map((event) => ({
    order_id: event.data.orderId,
    customer_id: event.data.customer.id,
    email: event.data.customer.contact,
    channel: event.data.channel,
    total_amount: event.data.total.amount,
    currency: event.data.total.currency,
    version: versionOf(event),
    request_hash: event.metadata.requestHash ?? null,
    placed_at: timeOf(event),
  }));
  await sql`
    insert into read_model.orders
      (order_id, customer_id, email, channel, total_amount, currency, version, request_hash, placed_at, updated_at)
    select order_id, customer_id, email, channel, total_amount, currency, version, request_hash, placed_at, placed_at
    from ${recordset(orders, {
      order_id: 'text',
      customer_id: 'text',
      email: 'text',
      channel: 'text',
      total_amount: 'bigint',
      currency: 'text',
      version: 'integer',
      request_hash: 'text',
      placed_at: 'timestamptz',
    })}`.execute(rows);
}

export async function insertLines(events: readonly Received<OrderSubmitted>[], rows: Rows): Promise<void> {
  const lines = events.flatMap(({ data }) =>
    data.lines.map(({ sku, quantity, unitPrice }, position) => ({
      order_id: data.orderId,
      sku,
      position,
      quantity,
      unit_amount: unitPrice.amount,
      currency: unitPrice.currency,
    })),
  );
  await sql`
    insert into read_model.order_lines (order_id, sku, position, quantity, unit_amount, currency)
    select order_id, sku, position, quantity, unit_amount, currency
    from ${recordset(lines, {
      order_id: 'text',
      sku: 'text',
      position: 'integer',
      quantity: 'integer',
      unit_amount: 'bigint',
      currency: 'text',
    })}`.execute(rows);
}

export async function markLines(
  events: readonly Received<LineReserved | LineRefused>[],
  status: LineStatus,
  rows: Rows,
): Promise<void> {
  const lines = events.map(({ data }) => ({ order_id: data.orderId, sku: data.sku }));
  await sql`
    update read_model.order_lines line set status = ${status}
    from ${recordset(lines, { order_id: 'text', sku: 'text' })}
    where line.order_id = row.order_id and line.sku = row.sku`.execute(rows);
}

/** Moves the version and the time of each order to those of its last event. */
export async function advanceOrders(events: readonly Received[], rows: Rows): Promise<void> {
  const orders = lastOfEach(events).map((event) => ({
    order_id: event.metadata.subject,
    version: versionOf(event),
    updated_at: timeOf(event),
  }));
  await sql`
    update read_model.orders o set version = row.version, updated_at = row.updated_at
    from ${recordset(orders, { order_id: 'text', version: 'integer', updated_at: 'timestamptz' })}
    where o.order_id = row.order_id`.execute(rows);
}

export async function settleOrders(
  events: readonly Received<OrderConfirmed | OrderRejected | OrderCancelled>[],
  status: OrderStatus,
  rows: Rows,
): Promise<void> {
  const orders = events.map((event) => ({
    order_id: event.data.orderId,
    reason: 'reason' in event.data ? event.data.reason : null,
    cancelled_by: 'cancelledBy' in event.data ? event.data.cancelledBy : null,
    version: versionOf(event),
    updated_at: timeOf(event),
  }));
  await sql`
    update read_model.orders o
    set status = ${status}, reason = row.reason, cancelled_by = row.cancelled_by,
        version = row.version, updated_at = row.updated_at
    from ${recordset(orders, {
      order_id: 'text',
      reason: 'text',
      cancelled_by: 'text',
      version: 'integer',
      updated_at: 'timestamptz',
    })}
    where o.order_id = row.order_id`.execute(rows);
}

/** A confirmed order's lines leave the shelf; any other order lets go of whatever its lines may hold. */
export async function settleLines(
  events: readonly Received<OrderConfirmed | OrderRejected | OrderCancelled>[],
  status: OrderStatus,
  rows: Rows,
): Promise<void> {
  const orders = events.map(({ data }) => data.orderId);
  await rows
    .updateTable('read_model.order_lines')
    .set({ status: status === 'confirmed' ? 'shipped' : 'released' })
    .where('order_id', '=', sql<string>`any(${orders}::text[])`)
    .where('status', '!=', 'refused')
    .execute();
}
