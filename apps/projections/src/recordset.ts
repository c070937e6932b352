import { stringifyExactly } from '@atelier/contracts';
import { type RawBuilder, sql } from 'kysely';

/** A column type that messages need. */
export type PostgresType =
  'text' | 'integer' | 'bigint' | 'numeric' | 'boolean' | 'date' | 'timestamptz' | 'jsonb';

/**
 * `recordset(rows, { sku: 'text', quantity: 'integer' })` is a table expression of these rows, for `FROM`.
 * It is one parameter however many rows there are (Postgres takes 65,535 in a statement), and one statement
 * text, which stays planned. A bigint becomes a number with all its digits.
 */
export function recordset<Row extends object>(
  rows: readonly Row[],
  columns: { readonly [Name in keyof Row & string]: PostgresType },
): RawBuilder<Row> {
  const definitions = Object.entries<PostgresType>(columns).map(
    ([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`,
  );
  return sql`jsonb_to_recordset(${stringifyExactly(rows)}::jsonb) as row(${sql.join(definitions)})`;
}
