import { afterAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { type Database, databaseAt } from '../../apps/gateway/src/read-model/database.ts';

const url = process.env['DATABASE_URL'] ?? '';

describe('a connection that breaks while a query has it (it had ended the gateway)', () => {
  const database = databaseAt(url).useFactory() as Database;
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on('uncaughtException', note);
  afterAll(async () => {
    process.off('uncaughtException', note);
    await database.destroy();
  });

  it('fails that query, and nothing else', async () => {
    const broken = database.connection().execute(async (connection) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() pid`.execute(connection);
      await terminate(rows[0]?.pid ?? 0);
      await sql`select 1`.execute(connection);
    });
    await expect(broken).rejects.toThrow();
    const { rows } = await sql<{ one: number }>`select 1 one`.execute(database);
    expect(rows).toEqual([{ one: 1 }]);
    expect(uncaught).toEqual([]);
  });
});

/** Ends a backend; resolves when it is gone. */
async function terminate(pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_terminate_backend($1, 5000)', [pid]);
  await client.end();
}
