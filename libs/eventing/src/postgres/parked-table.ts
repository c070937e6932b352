import { sql } from 'kysely';
import type { ParkedChanges, ParkedMark } from '../failures/parked-keys.ts';
import {
  type AnyDatabase,
  type AnyTransaction,
  PositionMoved,
  type ProjectedPartition,
} from './positions-table.ts';
import { eventingTable } from './tables.ts';

const table = ({ schema }: ProjectedPartition) => eventingTable(schema, 'parked_keys');

/** The marks of parked keys, which also say which rows are stale. */
export async function parkedMarks(
  database: AnyDatabase,
  at: ProjectedPartition,
): Promise<Map<string, ParkedMark>> {
  const { projection, topic, partition } = at;
  const { rows } = await sql<{ key: string; since: string; dead_letter_id: string; released: boolean }>`
    select key, since, dead_letter_id, released from ${table(at)}
    where projection = ${projection} and topic = ${topic} and "partition" = ${partition}`.execute(database);
  return new Map(
    rows.map(({ key, since, dead_letter_id: failureId, released }) => [
      key,
      { failureId, since: BigInt(since), released },
    ]),
  );
}

/**
 * Makes the changes of this batch durable, in the rows' transaction. Each mark is compared with what this process believes
 * it to be: releasing what is parked moves no position that would be compared. Throws PositionMoved when another process
 * has changed it.
 */
export async function saveParked(
  rows: AnyTransaction,
  at: ProjectedPartition,
  parked: ParkedChanges,
): Promise<void> {
  for (const [key, mark, before] of parked.marks()) {
    if (before) await removeMark(rows, at, key, before);
    if (mark) await insertMark(rows, at, key, mark);
  }
}

async function removeMark(
  rows: AnyTransaction,
  at: ProjectedPartition,
  key: string,
  { since, failureId, released }: ParkedMark,
): Promise<void> {
  const { projection, topic, partition } = at;
  const { numAffectedRows } =
    await sql`delete from ${table(at)} where projection = ${projection} and topic = ${topic}
    and "partition" = ${partition} and key = ${key} and since = ${String(since)}::bigint
    and dead_letter_id = ${failureId} and released = ${released}`.execute(rows);
  if (numAffectedRows !== 1n) throw changed(at, key);
}

async function insertMark(
  rows: AnyTransaction,
  at: ProjectedPartition,
  key: string,
  { since, failureId, released }: ParkedMark,
): Promise<void> {
  const { projection, topic, partition } = at;
  const { numAffectedRows } = await sql`insert into ${table(at)}
    (projection, topic, "partition", key, since, dead_letter_id, released)
    values (${projection}, ${topic}, ${partition}, ${key}, ${String(since)}::bigint, ${failureId}, ${released})
    on conflict do nothing`.execute(rows);
  if (numAffectedRows !== 1n) throw changed(at, key);
}

const changed = (at: ProjectedPartition, key: string) =>
  new PositionMoved(
    `${at.projection} is no longer alone on ${at.topic}-${at.partition}: somebody has changed what is parked of ${key}`,
    at,
  );
