import { randomUUID } from 'node:crypto';
import type { ReadModelDatabase } from '@atelier/eventing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { migrate } from './migrate.ts';
import { TablesReadiness } from './tables.readiness.ts';

const server = process.env['DATABASE_URL'] ?? '';
const name = `spec_${randomUUID().replaceAll('-', '')}`;
const url = server.replace(/\/[^/]*$/, `/${name}`);
const connect = (connectionString: string) =>
  new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }) }) });

describe('projections whose migration was forgotten (each event became a dead letter)', () => {
  const admin = connect(server);
  const database = connect(url);
  const readiness = (of = database) => new TablesReadiness({ database: of } as unknown as ReadModelDatabase);
  beforeAll(async () => void (await sql.raw(`create database ${name}`).execute(admin)));
  afterAll(async () => {
    await database.destroy();
    await sql.raw(`drop database ${name} with (force)`).execute(admin);
    await admin.destroy();
  });

  it('do not start, and say which table is missing, and what to run', async () => {
    const sentence =
      /read_model\.products.* does not exist: list its migration .* run node .*migrate\.main\.js/;
    await expect(readiness().onModuleInit()).rejects.toThrow(sentence);
    await migrate(url);
    await sql`drop table read_model.products`.execute(database);
    const check = readiness();
    await expect(check.check()).rejects.toThrow(/^read_model\.products does not exist: /);
    await sql`create table read_model.products ()`.execute(database);
    await check.check();
  });

  it('start when the database is away: it decides nothing', async () => {
    const away = connect('postgres://atelier@127.0.0.1:1/atelier');
    await readiness(away).onModuleInit();
    await away.destroy();
  });
});
