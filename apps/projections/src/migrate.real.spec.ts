import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrate } from './migrate.ts';
import * as readModel from './migrations/0001_read_model.ts';
import * as deadLetters from './migrations/0002_dead_letters.ts';
import * as notSent from './migrations/0003_not_sent.ts';
import * as hangingTransactions from './migrations/0004_hanging_transactions.ts';
import * as cancelledBy from './migrations/0005_cancelled_by.ts';
import * as upcastEvents from './migrations/0006_upcast_events.ts';
import * as channel from './migrations/0007_channel.ts';
import * as sales from './migrations/0008_sales.ts';
import * as customers from './migrations/0009_customers.ts';
import { scratchDatabase } from './testing/scratch-database.ts';

/** What the first two migrations also made, until the library had migrations of its own. */
const positions = [
  `create table read_model.projection_positions (
     projection text not null,
     topic text not null,
     "partition" integer not null,
     next_offset bigint not null,
     primary key (projection, topic, "partition")
   )`,
];
const setAside = [
  `create table read_model.parked_keys (
     projection text not null,
     topic text not null,
     "partition" integer not null,
     key text not null,
     since bigint not null,
     dead_letter_id text not null,
     released boolean not null,
     primary key (projection, topic, "partition", key)
   )`,
  'create index on read_model.parked_keys (projection, key)',
  `create table read_model.dead_letter_outbox (
     projection text not null,
     topic text not null,
     "partition" integer not null,
     seq bigint generated always as identity,
     record bytea not null,
     primary key (projection, topic, "partition", seq)
   )`,
];
const and = (migration: Migration, statements: readonly string[]): Migration => ({
  async up(db) {
    await migration.up(db);
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
const before: Record<string, Migration> = {
  '0001_read_model': and(readModel, positions),
  '0002_dead_letters': and(deadLetters, setAside),
  '0003_not_sent': notSent,
  '0004_hanging_transactions': hangingTransactions,
  '0005_cancelled_by': cancelledBy,
  '0006_upcast_events': upcastEvents,
  '0007_channel': channel,
  '0008_sales': sales,
  '0009_customers': customers,
};

describe('a database whose set-aside tables were made by the service', () => {
  const all: { drop(): Promise<void> }[] = [];
  let fresh: Kysely<unknown>;

  async function scratch() {
    const made = await scratchDatabase<unknown>();
    all.push(made);
    return made;
  }

  /** A database as an earlier release has left it, after so many of its migrations. */
  async function migratedBefore(steps: number) {
    const { database: db, url } = await scratch();
    const migrations = Object.fromEntries(Object.entries(before).slice(0, steps));
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const { error } = await new Migrator({
      db,
      provider,
      migrationTableSchema: 'read_model',
    }).migrateToLatest();
    if (error) throw error;
    return { db, url };
  }

  beforeAll(async () => {
    const { database: db, url } = await scratch();
    await migrate(url);
    fresh = db;
  });
  afterAll(() => Promise.all(all.map((each) => each.drop())));

  /** Columns, keys and indexes of all tables, but not of those that say what was migrated. */
  const shape = async (db: Kysely<unknown>) =>
    (
      await sql`select table_name, column_name as name, data_type as "what", is_nullable as "nullable", is_identity as "identity"
        from information_schema.columns where table_schema = 'read_model'
        union all select tablename, indexname, indexdef, '', '' from pg_indexes where schemaname = 'read_model'
        order by 1, 2`.execute(db)
    ).rows;

  it('is taken over with all its rows, and has the shape of a new one', async () => {
    const { db, url } = await migratedBefore(Object.keys(before).length);
    await sql`insert into read_model.projection_positions values ('projections.orders.v1', 'orders.events', 3, 42)`.execute(
      db,
    );
    await sql`insert into read_model.parked_keys values
      ('projections.orders.v1', 'orders.events', 3, 'order', 40, 'letter', false)`.execute(db);
    const outbox = sql`insert into read_model.dead_letter_outbox (projection, topic, "partition", record)
      values ('projections.orders.v1', 'orders.events', 3, 'x')`;
    await outbox.execute(db);
    await outbox.execute(db);
    expect(await migrate(url)).toEqual(['eventing 0001_projections']);
    expect(await migrate(url)).toEqual([]);
    await outbox.execute(db);
    const rows = async (table: string) =>
      (
        await sql<{
          row: object;
        }>`select to_jsonb(t) as row from ${sql.table(`read_model.${table}`)} t`.execute(db)
      ).rows.map(({ row }) => row);
    const at = { projection: 'projections.orders.v1', topic: 'orders.events', partition: 3 };
    expect(await rows('projection_positions')).toEqual([{ ...at, next_offset: 42 }]);
    expect(await rows('parked_keys')).toEqual([
      { ...at, key: 'order', since: 40, dead_letter_id: 'letter', released: false },
    ]);
    expect(await rows('dead_letter_outbox')).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    expect(await shape(db)).toEqual(await shape(fresh));
  });

  it('is taken over from the first migration on', async () => {
    const { db, url } = await migratedBefore(1);
    await sql`insert into read_model.projection_positions values ('projections.orders.v1', 'orders.events', 3, 42)`.execute(
      db,
    );
    expect(await migrate(url)).toEqual(['eventing 0001_projections', ...Object.keys(before).slice(1)]);
    const { rows } = await sql`select next_offset from read_model.projection_positions`.execute(db);
    expect(rows).toEqual([{ next_offset: '42' }]);
    expect(await shape(db)).toEqual(await shape(fresh));
  });

  it('can still be migrated by the release before: it finds nothing to do', async () => {
    const provider = { getMigrations: () => Promise.resolve(before) };
    const { results, error } = await new Migrator({
      db: fresh,
      provider,
      migrationTableSchema: 'read_model',
    }).migrateToLatest();
    expect([results, error]).toEqual([[], undefined]);
  });
});
