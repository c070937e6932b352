import { sql } from 'kysely';
import type { ParkedChanges, ParkedMark } from '../failures/parked-keys.ts';
import type { AnyDatabase, AnyTransaction, ProjectedPartition } from './positions-table.ts';

const TABLE = sql.table('read_model.parked_keys');

/** The marks of parked keys, which also say which rows are stale. */
export async function parkedMarks(
  database: AnyDatabase,
  { projection, topic, partition }: ProjectedPartition,
): Promise<Map<string, ParkedMark>> {
  const { rows } = await sql<{ key: string; since: string; dead_letter_id: string; released: boolean }>`
    select key, since, dead_letter_id, released from ${TABLE}
    where projection = ${projection} and topic = ${topic} and "partition" = ${partition}`.execute(database);
  return new Map(
    rows.map(({ key, since, dead_letter_id: failureId, released }) => [
      key,
      { failureId, since: BigInt(since), released },
    ]),
  );
}

/** Makes the changes of this batch durable, in the rows' transaction. */
export async function saveParked(
  rows: AnyTransaction,
  { projection, topic, partition }: ProjectedPartition,
  parked: ParkedChanges,
): Promise<void> {
  for (const [key, mark] of parked.marks()) {
    await sql`delete from ${TABLE} where projection = ${projection} and topic = ${topic}
      and "partition" = ${partition} and key = ${key}`.execute(rows);
    if (mark)
      await sql`insert into ${TABLE} (projection, topic, "partition", key, since, dead_letter_id, released)
        values (${projection}, ${topic}, ${partition}, ${key}, ${String(mark.since)}::bigint,
          ${mark.failureId}, ${mark.released})`.execute(rows);
  }
}
