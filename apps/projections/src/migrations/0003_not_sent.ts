import { type Kysely, sql } from 'kysely';

/** Why the last redrive of a dead letter was not sent, if it was not. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table read_model.dead_letters add column not_sent text`.execute(db);
}
