import { type Kysely, sql } from 'kysely';

/**
 * Where an order came in. The rows that there are, and those that a release from before goes on writing beside it, are of the web:
 * so nothing is projected again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      "alter table read_model.orders add column channel text not null default 'web' check (channel in ('web', 'store', 'phone'))",
    )
    .execute(db);
}
