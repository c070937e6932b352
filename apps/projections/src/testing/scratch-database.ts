import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { migrate } from '../migrate.ts';

/** The database server that the run's setup started. */
const server = process.env['DATABASE_URL'] ?? '';

export const connect = <Tables>(connectionString: string) =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }) }) });

async function onServer(statement: string): Promise<void> {
  const connection = connect<unknown>(server);
  await sql.raw(statement).execute(connection);
  await connection.destroy();
}

/** A database of its own, with nothing in it. */
export async function scratchDatabase<Tables>() {
  const name = `spec_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  const database = connect<Tables>(url);
  const drop = async () => {
    await database.destroy();
    await onServer(`drop database ${name} with (force)`);
  };
  return { database, url, drop };
}

/** One with the tables of the read model. */
export async function migratedDatabase<Tables>() {
  const scratch = await scratchDatabase<Tables>();
  await migrate(scratch.url);
  return scratch;
}
