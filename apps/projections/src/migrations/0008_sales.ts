import { type Kysely, sql } from 'kysely';

/**
 * Sales by product and day. Orders of all partitions add to the same day: each partition has rows of its own, so that no
 * transaction waits for another's, and who reads adds them up.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of sales) await sql.raw(statement).execute(db);
}

const sales = [
  `create table read_model.sales (
     day date not null,
     sku text not null,
     currency text not null,
     "partition" integer not null,
     orders integer not null,
     quantity bigint not null,
     amount numeric not null,
     primary key (day, sku, currency, "partition")
   )`,
  'create index on read_model.sales (sku, day, currency)',
];
