import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { migrateEventing } from '../postgres/migrate.ts';
import type { AnyDatabase } from '../postgres/positions-table.ts';
import { scratchName } from './scratch-broker.ts';

/** The database server that the run's setup started. */
const server = process.env['DATABASE_URL'] ?? '';

export const connect = (connectionString: string, max: number): AnyDatabase =>
  new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max }) }) });

async function onServer(statement: string): Promise<void> {
  const connection = connect(server, 1);
  await sql.raw(statement).execute(connection);
  await connection.destroy();
}

/** A database of its own, with the tables that projections keep beside their rows. */
export async function scratchReadModel(): Promise<{
  database: AnyDatabase;
  url: string;
  drop(): Promise<void>;
}> {
  const name = scratchName('spec').replaceAll('-', '_');
  await onServer(`create database ${name}`);
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  const database = connect(url, 8);
  await migrateEventing(database);
  const drop = async () => {
    await database.destroy();
    await onServer(`drop database ${name} with (force)`);
  };
  return { database, url, drop };
}
