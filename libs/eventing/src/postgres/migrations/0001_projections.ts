import { type Kysely, sql } from 'kysely';
import { refuseOtherShape, type TableShape } from '../tables-found.ts';

/** The columns as Postgres' catalog words them: what is created is what is compared. */
const tables: readonly TableShape[] = [
  {
    name: 'projection_positions',
    columns: {
      projection: 'text not null',
      topic: 'text not null',
      partition: 'integer not null',
      next_offset: 'bigint not null',
    },
    key: ['projection', 'topic', 'partition'],
  },
  {
    name: 'parked_keys',
    columns: {
      projection: 'text not null',
      topic: 'text not null',
      partition: 'integer not null',
      key: 'text not null',
      since: 'bigint not null',
      dead_letter_id: 'text not null',
      released: 'boolean not null',
    },
    key: ['projection', 'topic', 'partition', 'key'],
  },
  {
    name: 'dead_letter_outbox',
    columns: {
      projection: 'text not null',
      topic: 'text not null',
      partition: 'integer not null',
      seq: 'bigint not null generated always as identity',
      record: 'bytea not null',
    },
    key: ['projection', 'topic', 'partition', 'seq'],
  },
];

/**
 * Positions, parked keys and the outbox of projections. A database may have them already, from a time when services made them:
 * those are taken over with their rows, if columns, types and primary keys are these.
 */
export const projections = (schema: string) => ({
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of tables) await created(schema, table).execute(db);
    await refuseOtherShape(db, schema, tables);
    await sql`create index if not exists parked_keys_projection_key_idx
      on ${sql.id(schema, 'parked_keys')} (projection, key)`.execute(db);
  },
});

function created(schema: string, { name, columns, key }: TableShape) {
  const each = Object.entries(columns).map(([column, type]) => sql`${sql.id(column)} ${sql.raw(type)}`);
  return sql`create table if not exists ${sql.id(schema, name)} (
    ${sql.join(each)}, primary key (${sql.join(key.map((column) => sql.id(column)))}))`;
}
