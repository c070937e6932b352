import type { OrderConfirmed } from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import { sql } from 'kysely';
import { timeOf } from '../event-metadata.ts';
import { recordset } from '../recordset.ts';
import type { Rows } from '../rows.ts';

/** Adds the lines of confirmed orders to their days, which are those of the events in UTC. */
export async function addSales(events: readonly Placed<OrderConfirmed>[], rows: Rows): Promise<void> {
  const lines = events.flatMap((event) =>
    event.data.lines.map(({ sku, quantity, unitPrice }) => ({
      day: timeOf(event).slice(0, 'YYYY-MM-DD'.length),
      sku,
      currency: unitPrice.currency,
      partition: event.position.partition,
      quantity,
      amount: BigInt(quantity) * unitPrice.amount,
    })),
  );
  await sql`
    insert into read_model.sales as sold (day, sku, currency, "partition", orders, quantity, amount)
    select day, sku, currency, "partition", count(*), sum(quantity), sum(amount)
    from ${recordset(lines, {
      day: 'date',
      sku: 'text',
      currency: 'text',
      partition: 'integer',
      quantity: 'bigint',
      amount: 'numeric',
    })}
    group by day, sku, currency, "partition"
    on conflict (day, sku, currency, "partition") do update
    set orders = sold.orders + excluded.orders,
        quantity = sold.quantity + excluded.quantity,
        amount = sold.amount + excluded.amount`.execute(rows);
}
