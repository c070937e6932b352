import type { GroupName } from '@atelier/eventing/domain';
import { sql, type SqlBool } from 'kysely';
import type { Pipeline } from './barrier.ts';
import type { Database } from './database.ts';

/**
 * Whether the rows of this key are behind: an event of it could not be written, and later ones wait for it. `key` is the
 * column, like `o.order_id`.
 */
export const isParked = ({ projection }: Pipeline, key: string) => sql<SqlBool>`exists (
  select from read_model.parked_keys parked
  where parked.projection = ${projection} and parked.key = ${sql.ref(key)})`;

/** Whether any rows of this projection are behind, for rows that events of many keys are added up in. */
export async function parksAny(database: Database, projection: GroupName): Promise<boolean> {
  const parked = await database
    .selectFrom('read_model.parked_keys')
    .select('key')
    .where('projection', '=', projection)
    .limit(1)
    .executeTakeFirst();
  return parked !== undefined;
}
