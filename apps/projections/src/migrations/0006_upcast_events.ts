import { type Kysely, sql } from 'kysely';

/**
 * A record may have become several events, each with a row of its own, and a row says what its event was when it was written. Rows
 * from before are of events that were what they are. Releases from before go on writing beside it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['event_log', 'dead_letter_history', 'transaction_history'])
    await sql
      .raw(
        `alter table read_model.${table}
           add column part integer not null default 0,
           add column was jsonb,
           drop constraint ${table}_pkey,
           add primary key (topic, "partition", "offset", part)`,
      )
      .execute(db);
}
