import {
  DeadLettersEvents,
  InventoryEvents,
  OrdersEvents,
  RedriveJobsEvents,
  TransactionsEvents,
} from '@atelier/contracts';
import { type Kysely, sql } from 'kysely';
import { DeadLettersProjection } from '../../apps/projections/src/dead-letters/dead-letters.projection.ts';
import { EventLogProjection } from '../../apps/projections/src/event-log/event-log.projection.ts';
import { OrdersProjection } from '../../apps/projections/src/orders/orders.projection.ts';
import { ProductsProjection } from '../../apps/projections/src/products/products.projection.ts';
import { TransactionsProjection } from '../../apps/projections/src/transactions/transactions.projection.ts';
import { call } from './call-handler.ts';
import type { Logged } from './in-process-log.ts';

export const projections = [
  { name: 'projections.orders.v1', topics: [OrdersEvents.topic], handler: new OrdersProjection() },
  { name: 'projections.products.v1', topics: [InventoryEvents.topic], handler: new ProductsProjection() },
  {
    name: 'projections.event-log.v1',
    topics: [OrdersEvents.topic, InventoryEvents.topic],
    handler: new EventLogProjection(),
  },
  {
    name: 'projections.dead-letters.v1',
    topics: [DeadLettersEvents.topic, RedriveJobsEvents.topic],
    handler: new DeadLettersProjection(),
  },
  {
    name: 'projections.transactions.v1',
    topics: [TransactionsEvents.topic],
    handler: new TransactionsProjection(),
  },
];
/** One event, and the position after it, in one transaction. */
export async function project(
  database: Kysely<unknown>,
  name: string,
  handler: object,
  { position, message }: Logged,
): Promise<void> {
  const { topic, partition, offset } = position;
  await database.transaction().execute(async (rows) => {
    await call(handler, message.type, [{ ...message, position }], rows);
    await sql`
      insert into read_model.projection_positions (projection, topic, "partition", next_offset)
      values (${name}, ${topic}, ${partition}, ${offset + 1n})
      on conflict (projection, topic, "partition") do update set next_offset = excluded.next_offset
    `.execute(rows);
  });
}
