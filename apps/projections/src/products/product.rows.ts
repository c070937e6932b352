import type { ProductAdded } from '@atelier/contracts';
import type { Message, Received } from '@atelier/eventing/domain';
import { sql } from 'kysely';
import { versionOf } from '../event-metadata.ts';
import type { Rows } from '../rows.ts';
import { recordset } from '../recordset.ts';

/** What one event adds to the shelf and to what is reserved on it. */
interface Movement {
  readonly onHand: number;
  readonly reserved: number;
}

export async function insertProducts(events: readonly Received<ProductAdded>[], rows: Rows): Promise<void> {
  const products = events.map((event) => ({
    sku: event.data.sku,
    name: event.data.name,
    unit_amount: event.data.unitPrice.amount,
    currency: event.data.unitPrice.currency,
    on_hand: event.data.onHand,
    version: versionOf(event),
  }));
  await sql`
    insert into read_model.products (sku, name, unit_amount, currency, on_hand, version)
    select sku, name, unit_amount, currency, on_hand, version
    from ${recordset(products, {
      sku: 'text',
      name: 'text',
      unit_amount: 'bigint',
      currency: 'text',
      on_hand: 'integer',
      version: 'integer',
    })}`.execute(rows);
}

/** Events of a product that was never added (a reservation of it, refused) have no row to move. */
export async function moveStock<M extends Message>(
  events: readonly Received<M>[],
  movement: (data: M['data']) => Movement,
  rows: Rows,
): Promise<void> {
  const moves = events.map((event) => {
    const { onHand, reserved } = movement(event.data);
    return { sku: event.metadata.subject, on_hand: onHand, reserved, version: versionOf(event) };
  });
  await sql`
    update read_model.products product
    set on_hand = product.on_hand + move.on_hand,
        reserved = product.reserved + move.reserved,
        version = move.version
    from (
      select sku, sum(on_hand) as on_hand, sum(reserved) as reserved, max(version) as version
      from ${recordset(moves, { sku: 'text', on_hand: 'integer', reserved: 'integer', version: 'integer' })}
      group by sku
    ) move
    where product.sku = move.sku`.execute(rows);
}
