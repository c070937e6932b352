import { sql, type SqlBool } from 'kysely';
import type { Pipeline } from './barrier.ts';

/**
 * Whether the rows of this key are behind: an event of it could not be written, and later ones wait for it. `key` is the
 * column, like `o.order_id`.
 */
export const isParked = ({ projection }: Pipeline, key: string) => sql<SqlBool>`exists (
  select from read_model.parked_keys parked
  where parked.projection = ${projection} and parked.key = ${sql.ref(key)})`;
