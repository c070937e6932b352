import type { ReadModelDatabase } from '@atelier/eventing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { migrate } from './migrate.ts';
import { connect, scratchDatabase } from './testing/scratch-database.ts';
import { TablesReadiness } from './tables.readiness.ts';

describe('projections whose migration was forgotten (each event became a dead letter)', () => {
  let scratch: Awaited<ReturnType<typeof scratchDatabase<unknown>>>;
  const readiness = (of = scratch.database) =>
    new TablesReadiness({ database: of } as unknown as ReadModelDatabase);
  beforeAll(async () => void (scratch = await scratchDatabase()));
  afterAll(() => scratch.drop());

  it('do not start, and say which table is missing, and what to run', async () => {
    const sentence =
      /read_model\.products.* does not exist: list its migration .* run node .*migrate\.main\.js/;
    await expect(readiness().onModuleInit()).rejects.toThrow(sentence);
    await migrate(scratch.url);
    await sql`drop table read_model.products`.execute(scratch.database);
    const check = readiness();
    await expect(check.check()).rejects.toThrow(/^read_model\.products does not exist: /);
    await sql`create table read_model.products ()`.execute(scratch.database);
    await check.check();
  });

  it('start when the database is away: it decides nothing', async () => {
    const away = connect('postgres://atelier@127.0.0.1:1/atelier');
    await readiness(away).onModuleInit();
    await away.destroy();
  });
});
