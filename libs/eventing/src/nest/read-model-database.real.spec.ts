import { afterAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import type { EventingOptions } from './eventing-options.ts';
import { until } from '../../fixtures/scratch-broker.ts';
import { ReadModelDatabase } from './read-model-database.ts';

const url = process.env['DATABASE_URL'] ?? '';

describe('a connection that breaks while a query has it (it had ended the process)', () => {
  const options = { databaseUrl: url, instance: 'spec' } as EventingOptions;
  const { database } = new ReadModelDatabase(options);
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

describe('a query that hangs when the service is closed (it kept the process until it was killed)', () => {
  it('is left to Postgres', async () => {
    const opened = new ReadModelDatabase({ databaseUrl: url, instance: 'spec' } as EventingOptions);
    let pid = 0;
    let ended = false;
    const hanging = opened.database.connection().execute(async (connection) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() pid`.execute(connection);
      pid = rows[0]?.pid ?? 0;
      await sql`select pg_sleep(600)`.execute(connection).finally(() => (ended = true));
    });
    const broken = expect(hanging).rejects.toThrow();
    await until(() => pid > 0);
    await opened.onApplicationShutdown();
    expect(ended).toBe(false);
    await terminate(pid);
    await broken;
  });
});

/** Ends a backend; resolves when it is gone. */
async function terminate(pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_terminate_backend($1, 5000)', [pid]);
  await client.end();
}
