import type { ReadModel } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../read-model/database.ts';
import type { Projection } from './projection.schema.ts';

/** So many rows are counted; beyond that the statistics are believed. */
const COUNTED = 10_000;

type LastError = NonNullable<Projection['lastError']>;

@Injectable()
export class ProjectionQueries {
  constructor(private readonly database: Database) {}

  /** How many rows these tables have: exactly, up to 10,000, or what Postgres estimates. */
  async counts(tables: readonly (keyof ReadModel)[]): Promise<ReadonlyMap<string, Count>> {
    const counts = tables.map(
      (table) => sql`
        select ${table}::text as name,
          (select count(*)::int from (select from ${sql.table(table)} limit ${COUNTED + 1}) first_rows) as counted,
          (select reltuples::float8 from pg_class where oid = to_regclass(${table})) as estimated`,
    );
    const { rows } = await sql<{ name: string; counted: number; estimated: number }>`${sql.join(
      counts,
      sql` union all `,
    )}`.execute(this.database);
    return new Map(rows.map(({ name, counted, estimated }) => [name, countOf(counted, estimated)]));
  }

  /** Keys that are parked, by projection; 10,001 where there are more than 10,000. */
  async parkedKeys(groups: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql<{ group: string; keys: number }>`
      select "group", (select count(*)::int from (
        select from read_model.parked_keys where projection = "group" limit ${COUNTED + 1}) first_rows) as keys
      from unnest(${groups}::text[]) as "group"`.execute(this.database);
    return new Map(rows.map(({ group, keys }) => [group, keys]));
  }

  /** The dead letter that came last, by projection. */
  async lastErrors(groups: readonly string[]): Promise<ReadonlyMap<string, LastError>> {
    const { rows } = await sql<ErrorRow>`
      select letter.* from unnest(${groups}::text[]) as wanted cross join lateral (
        select "group", dead_letter_id, error_class, error_message, failed_at, status
        from read_model.dead_letters where "group" = wanted
        order by first_failed_at desc, dead_letter_id desc limit 1) letter`.execute(this.database);
    return new Map(rows.map((row) => [row.group, lastErrorOf(row)]));
  }
}

interface ErrorRow {
  readonly group: string;
  readonly dead_letter_id: string;
  readonly error_class: string;
  readonly error_message: string;
  readonly failed_at: Date;
  readonly status: string;
}

type Count = Omit<Projection['tables'][number], 'table'>;

/** A table that was never analysed has an estimate of -1. */
const countOf = (counted: number, estimated: number): Count =>
  counted <= COUNTED
    ? { rows: counted, counted: 'exactly' }
    : { rows: Math.max(Math.round(estimated), counted), counted: 'estimated' };

const lastErrorOf = (row: ErrorRow): LastError => ({
  deadLetterId: row.dead_letter_id,
  errorClass: row.error_class,
  errorMessage: row.error_message,
  failedAt: row.failed_at.toISOString(),
  status: row.status,
});
