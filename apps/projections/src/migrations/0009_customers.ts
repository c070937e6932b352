import { type Kysely, sql } from 'kysely';

/** What each customer has ordered. Each partition has rows of its own, as those of sales. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table read_model.customer_summaries (
         customer_id text not null,
         currency text not null,
         "partition" integer not null,
         placed integer not null,
         confirmed integer not null,
         rejected integer not null,
         cancelled integer not null,
         spent numeric not null,
         first_at timestamptz not null,
         last_at timestamptz not null,
         primary key (customer_id, currency, "partition")
       )`,
    )
    .execute(db);
}
