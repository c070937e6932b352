import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

/** One connection at most, which may break at any time: the next query has another one. */
export function databaseAt(connectionString: string): Kysely<unknown> {
  const pool = new pg.Pool({ connectionString, max: 1 });
  // The query that has it fails by itself; unheard, the error would end the demo. The pool hears of idle ones only.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}
