import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { TimeAndId } from '../http/cursor.ts';
import { salesProjection } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';
import { parksAny } from '../read-model/parked.ts';
import type { Sale } from './sale.schema.ts';

export interface SaleSelection {
  readonly sku: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last one of the page before: its day, and its place among those of that day. */
  readonly after: TimeAndId | undefined;
  readonly limit: number;
}

/** A sale's place among those of its day. No currency has a line break in it. */
export const placeOf = ({ sku, total }: Sale) => `${total.currency}\n${sku}`;

function placeIn(id: string) {
  const [currency = '', ...sku] = id.split('\n');
  return { currency, sku: sku.join('\n') };
}

/** Postgres knows no year 0. */
const firstDay = '0001-01-01';
const dayOf = (text: string) => (text < firstDay ? firstDay : text);

@Injectable()
export class SaleQueries {
  constructor(private readonly database: Database) {}

  /** Those of the oldest day first; stale where the events of an order are not in them and wait for an operator. */
  async list({ sku, from, to, after, limit }: SaleSelection) {
    const place = placeIn(after?.id ?? '');
    const rows = await this.sales
      .$if(sku !== undefined, (query) => query.where('sku', '=', String(sku)))
      .$if(from !== undefined, (query) => query.where(sql<boolean>`day >= ${dayOf(String(from))}::date`))
      .$if(to !== undefined, (query) => query.where(sql<boolean>`day <= ${dayOf(String(to))}::date`))
      .$if(after !== undefined, (query) =>
        query.where(
          sql<boolean>`(day, sku, currency)
            > ((${after?.time}::timestamptz at time zone 'UTC')::date, ${place.sku}, ${place.currency})`,
        ),
      )
      .orderBy('day')
      .orderBy('sku')
      .orderBy('currency')
      .limit(limit)
      .execute();
    return { found: rows.map(saleOf), stale: await parksAny(this.database, salesProjection) };
  }

  /** Each partition has rows of its own. */
  private get sales() {
    return this.database
      .selectFrom('read_model.sales')
      .select([
        sql<string>`to_char(day, 'YYYY-MM-DD')`.as('date'),
        'sku',
        'currency',
        sql<string>`sum(orders)`.as('orders'),
        sql<string>`sum(quantity)`.as('quantity'),
        sql<string>`sum(amount)`.as('amount'),
      ])
      .groupBy(['day', 'sku', 'currency']);
  }
}

type Row = Awaited<ReturnType<SaleQueries['sales']['execute']>>[number];

const saleOf = ({ date, sku, currency, orders, quantity, amount }: Row): Sale => ({
  day: date,
  sku,
  orders: Number(orders),
  quantity: BigInt(quantity),
  total: { amount: BigInt(amount), currency },
});
