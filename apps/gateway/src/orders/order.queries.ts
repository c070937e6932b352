import type { OrderLinesTable, OrdersTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type SqlBool } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { TimeAndId } from '../http/cursor.ts';
import { Database } from '../read-model/database.ts';
import { orderPipeline } from '../read-model/barrier.ts';
import { isParked } from '../read-model/parked.ts';
import type { Order } from './order.schema.ts';

type LineRow = Omit<Selectable<OrderLinesTable>, 'order_id' | 'position'>;
type OrderRow = Selectable<OrdersTable> & { readonly lines: readonly LineRow[]; readonly stale: SqlBool };

export interface OrderSelection {
  readonly customerId: string | undefined;
  readonly status: Order['status'] | undefined;
  /** The last order of the page before: when it was placed, and its id. */
  readonly after: TimeAndId | undefined;
  readonly limit: number;
}

@Injectable()
export class OrderQueries {
  constructor(private readonly database: Database) {}

  async find(orderId: string): Promise<Order | undefined> {
    const row = await this.ordersWithLines.where('order_id', '=', orderId).executeTakeFirst();
    return row && orderOf(row);
  }

  /** Newest first. */
  async list({ customerId, status, after, limit }: OrderSelection): Promise<Order[]> {
    const rows = await this.ordersWithLines
      .$if(customerId !== undefined, (query) => query.where('customer_id', '=', String(customerId)))
      .$if(status !== undefined, (query) => query.where('status', '=', status as Order['status']))
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(placed_at, order_id) < (${after?.time}::timestamptz, ${after?.id})`),
      )
      .orderBy('placed_at', 'desc')
      .orderBy('order_id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(orderOf);
  }

  /** One statement, so that an order and its lines are of the same moment. */
  private get ordersWithLines() {
    return this.database
      .selectFrom('read_model.orders as o')
      .selectAll('o')
      .select((order) =>
        jsonArrayFrom(
          order
            .selectFrom('read_model.order_lines as line')
            .select(['sku', 'quantity', 'line.currency', 'line.status'])
            // As text, like every other bigint of the driver.
            .select(sql<string>`line.unit_amount::text`.as('unit_amount'))
            .whereRef('line.order_id', '=', 'o.order_id')
            .orderBy('position'),
        ).as('lines'),
      )
      .select(isParked(orderPipeline, 'o.order_id').as('stale'));
  }
}

const orderOf = (row: OrderRow): Order => ({
  orderId: row.order_id,
  customerId: row.customer_id,
  contact: row.email,
  email: row.email,
  channel: row.channel,
  status: row.status,
  ...(row.reason !== null && { reason: row.reason }),
  ...(row.cancelled_by !== null && { cancelledBy: row.cancelled_by }),
  lines: row.lines.map(({ sku, quantity, unit_amount, currency, status }) => ({
    sku,
    quantity,
    unitPrice: { amount: BigInt(unit_amount), currency },
    status,
  })),
  total: { amount: BigInt(row.total_amount), currency: row.currency },
  version: row.version,
  placedAt: row.placed_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  ...(row.stale && { stale: true as const }),
});
