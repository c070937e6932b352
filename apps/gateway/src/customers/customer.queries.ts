import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { customersProjection } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';
import { parksAny } from '../read-model/parked.ts';
import type { CustomerSummary } from './customer.schema.ts';

@Injectable()
export class CustomerQueries {
  constructor(private readonly database: Database) {}

  async summary(customerId: string): Promise<CustomerSummary> {
    const rows = await this.currencies(customerId);
    const total = (of: (row: Row) => string) => rows.reduce((sum, row) => sum + Number(of(row)), 0);
    const placed = total((row) => row.placed);
    const confirmed = total((row) => row.confirmed);
    const rejected = total((row) => row.rejected);
    const cancelled = total((row) => row.cancelled);
    const pending = placed - confirmed - rejected - cancelled;
    return {
      customerId,
      orders: { placed, pending, confirmed, rejected, cancelled },
      spent: rows.flatMap(({ spent, currency, confirmed: orders }) =>
        Number(orders) > 0 ? [{ amount: BigInt(spent), currency }] : [],
      ),
      ...timesIn(rows),
      ...((await parksAny(this.database, customersProjection)) && { stale: true as const }),
    };
  }

  /** Each partition has rows of its own. */
  private currencies(customerId: string) {
    return this.database
      .selectFrom('read_model.customer_summaries')
      .select([
        'currency',
        sql<string>`sum(placed)`.as('placed'),
        sql<string>`sum(confirmed)`.as('confirmed'),
        sql<string>`sum(rejected)`.as('rejected'),
        sql<string>`sum(cancelled)`.as('cancelled'),
        sql<string>`sum(spent)`.as('spent'),
        sql<Date>`min(first_at)`.as('first_at'),
        sql<Date>`max(last_at)`.as('last_at'),
      ])
      .where('customer_id', '=', customerId)
      .groupBy('currency')
      .orderBy('currency')
      .execute();
  }
}

type Row = Awaited<ReturnType<CustomerQueries['currencies']>>[number];

function timesIn(rows: readonly Row[]): Pick<CustomerSummary, 'firstAt' | 'lastAt'> {
  if (rows.length === 0) return {};
  const first = Math.min(...rows.map(({ first_at }) => first_at.getTime()));
  const last = Math.max(...rows.map(({ last_at }) => last_at.getTime()));
  return { firstAt: new Date(first).toISOString(), lastAt: new Date(last).toISOString() };
}
