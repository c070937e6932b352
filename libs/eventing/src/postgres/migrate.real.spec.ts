import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { scratchName } from '../../fixtures/scratch-broker.ts';
import { connect, scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { migrateEventing } from './migrate.ts';
import { storedPosition } from './positions-table.ts';

describe("the library's tables", () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  beforeAll(async () => (model = await scratchReadModel()));
  afterAll(() => model.drop());

  const tablesIn = async (schema: string) =>
    (
      await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = ${schema}
        order by tablename`.execute(model.database)
    ).rows.map(({ name }) => name);

  it('are made in a schema of any name, by two at once, and only once', async () => {
    const schema = `${scratchName('of')}."rows"`;
    const [one, other] = [connect(model.url, 1), connect(model.url, 1)];
    const taken = await Promise.all([migrateEventing(one, schema), migrateEventing(other, schema)]);
    expect(taken.flat()).toEqual(['0001_projections']);
    expect(await migrateEventing(model.database, schema)).toEqual([]);
    expect(await tablesIn(schema)).toEqual([
      'dead_letter_outbox',
      'eventing_migration',
      'eventing_migration_lock',
      'parked_keys',
      'projection_positions',
    ]);
    await Promise.all([one.destroy(), other.destroy()]);
  });

  it('are not taken for those of somebody else with the same name, and nothing is left of the attempt', async () => {
    await sql`create schema theirs`.execute(model.database);
    await sql`create table theirs.parked_keys (car text)`.execute(model.database);
    await expect(migrateEventing(model.database, 'theirs')).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      retryable: false,
      fields: { schema: 'theirs' },
      cause: { message: 'column "projection" does not exist' },
    });
    expect(await tablesIn('theirs')).not.toContain('projection_positions');
  });

  it('are asked for where nobody has made them', async () => {
    const at = {
      schema: 'nobody',
      projection: 'projections.orders.v1',
      topic: 'orders.events',
      partition: 0,
    };
    await expect(storedPosition(model.database, at)).rejects.toMatchObject({
      code: 'TABLES_MISSING',
      retryable: true,
      message: expect.stringContaining('schema nobody: run migrateEventing'),
    });
  });

  it('cannot be made while the database is away: that is no fault of theirs', async () => {
    const away = connect('postgres://atelier@127.0.0.1:1/atelier', 1);
    await expect(migrateEventing(away)).rejects.toMatchObject({ code: 'MIGRATION_FAILED', retryable: true });
    await away.destroy();
  });
});
