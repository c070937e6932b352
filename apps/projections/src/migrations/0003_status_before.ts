import { type Kysely, sql } from 'kysely';

/** What a dead letter was is remembered while it is redriven, too: a redrive may turn out to have nothing to send. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table read_model.dead_letters rename column status_before_discard to status_before`.execute(
    db,
  );
}
