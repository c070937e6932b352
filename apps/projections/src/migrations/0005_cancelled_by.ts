import { type Kysely, sql } from 'kysely';

/** Whether a customer or the platform cancelled an order; not known of those that were cancelled before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      "alter table read_model.orders add column cancelled_by text check (cancelled_by in ('customer', 'platform'))",
    )
    .execute(db);
}
