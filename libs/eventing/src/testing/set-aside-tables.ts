import { sql } from 'kysely';
import type { AnyDatabase } from '../postgres/positions-table.ts';

/** The tables that projections keep beside their rows, as the read model's migrations create them. */
export async function createSetAsideTables(database: AnyDatabase): Promise<void> {
  await sql`create table read_model.projection_positions (projection text, topic text, "partition" integer,
    next_offset bigint, primary key (projection, topic, "partition"))`.execute(database);
  await sql`create table read_model.parked_keys (projection text, topic text, "partition" integer, key text,
    since bigint not null, dead_letter_id text not null, released boolean not null,
    primary key (projection, topic, "partition", key))`.execute(database);
  await sql`create table read_model.dead_letter_outbox (projection text, topic text, "partition" integer,
    seq bigint generated always as identity, record bytea not null,
    primary key (projection, topic, "partition", seq))`.execute(database);
}
