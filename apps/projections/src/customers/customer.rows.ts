import type { Money } from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import { sql } from 'kysely';
import { timeOf } from '../event-metadata.ts';
import { recordset } from '../recordset.ts';
import type { Rows } from '../rows.ts';

/** What one event adds to the summary of its customer. */
interface Change {
  readonly customerId: string;
  readonly total: Money;
  readonly placed?: number;
  readonly confirmed?: number;
  readonly rejected?: number;
  readonly cancelled?: number;
  readonly spent?: bigint;
}

export async function count<M extends Message>(
  events: readonly Placed<M>[],
  change: (data: M['data']) => Change,
  rows: Rows,
): Promise<void> {
  const changes = events.map((event) => rowOf(event, change(event.data)));
  await sql`
    insert into read_model.customer_summaries as known
      (customer_id, currency, "partition", placed, confirmed, rejected, cancelled, spent, first_at, last_at)
    select customer_id, currency, "partition",
      sum(placed), sum(confirmed), sum(rejected), sum(cancelled), sum(spent), min(happened_at), max(happened_at)
    from ${recordset(changes, {
      customer_id: 'text',
      currency: 'text',
      partition: 'integer',
      placed: 'integer',
      confirmed: 'integer',
      rejected: 'integer',
      cancelled: 'integer',
      spent: 'numeric',
      happened_at: 'timestamptz',
    })}
    group by customer_id, currency, "partition"
    on conflict (customer_id, currency, "partition") do update
    set placed = known.placed + excluded.placed,
        confirmed = known.confirmed + excluded.confirmed,
        rejected = known.rejected + excluded.rejected,
        cancelled = known.cancelled + excluded.cancelled,
        spent = known.spent + excluded.spent,
        first_at = least(known.first_at, excluded.first_at),
        last_at = greatest(known.last_at, excluded.last_at)`.execute(rows);
}

const rowOf = <M extends Message>(event: Placed<M>, { customerId, total, ...change }: Change) => {
  const { placed = 0, confirmed = 0, rejected = 0, cancelled = 0, spent = 0n } = change;
  return {
    customer_id: customerId,
    currency: total.currency,
    partition: event.position.partition,
    ...{ placed, confirmed, rejected, cancelled, spent },
    happened_at: timeOf(event),
  };
};
