import { type Kysely, sql } from 'kysely';

/**
 * Positions, parked keys and the outbox of projections. A database may have them already, from a time when services made them:
 * those are taken over with their rows, if their columns are these.
 */
export const projections = (schema: string) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    const [positions, parked, outbox] = ['projection_positions', 'parked_keys', 'dead_letter_outbox'].map(
      (name) => sql.id(schema, name),
    );
    const statements = [
      sql`create table if not exists ${positions} (
        projection text not null,
        topic text not null,
        "partition" integer not null,
        next_offset bigint not null,
        primary key (projection, topic, "partition")
      )`,
      sql`create table if not exists ${parked} (
        projection text not null,
        topic text not null,
        "partition" integer not null,
        key text not null,
        since bigint not null,
        dead_letter_id text not null,
        released boolean not null,
        primary key (projection, topic, "partition", key)
      )`,
      sql`create index if not exists parked_keys_projection_key_idx on ${parked} (projection, key)`,
      sql`create table if not exists ${outbox} (
        projection text not null,
        topic text not null,
        "partition" integer not null,
        seq bigint generated always as identity,
        record bytea not null,
        primary key (projection, topic, "partition", seq)
      )`,
      // Refused, and all of this taken back, where something else has one of these names.
      sql`select projection, topic, "partition", next_offset from ${positions} where false`,
      sql`select projection, topic, "partition", key, since, dead_letter_id, released from ${parked} where false`,
      sql`select projection, topic, "partition", seq, record from ${outbox} where false`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
});
