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
 * has changed one.
 */
export async function saveParked(
  rows: AnyTransaction,
  at: ProjectedPartition,
  parked: ParkedChanges,
): Promise<void> {
  const changes = [...parked.marks()];
  const removed = changes.flatMap(([key, , before]) => (before ? [markOf(key, before)] : []));
  const written = changes.flatMap(([key, mark]) => (mark ? [markOf(key, mark)] : []));
  if (removed.length > 0) await removeMarks(rows, at, removed);
  if (written.length > 0) await insertMarks(rows, at, written);
}

const markOf = (key: string, { since, failureId, released }: ParkedMark) => ({
  key,
  since: String(since),
  dead_letter_id: failureId,
  released,
});
type Mark = ReturnType<typeof markOf>;

const marksOf = (marks: readonly Mark[]) => sql`jsonb_to_recordset(${JSON.stringify(marks)}::jsonb)
  as mark (key text, since bigint, dead_letter_id text, released boolean)`;

async function removeMarks(
  rows: AnyTransaction,
  at: ProjectedPartition,
  marks: readonly Mark[],
): Promise<void> {
  const { projection, topic, partition } = at;
  const { numAffectedRows } = await sql`delete from ${table(at)} parked using ${marksOf(marks)}
    where parked.projection = ${projection} and parked.topic = ${topic} and parked."partition" = ${partition}
    and (parked.key, parked.since, parked.dead_letter_id, parked.released)
      = (mark.key, mark.since, mark.dead_letter_id, mark.released)`.execute(rows);
  if (numAffectedRows !== BigInt(marks.length)) throw changed(at, marks);
}

async function insertMarks(
  rows: AnyTransaction,
  at: ProjectedPartition,
  marks: readonly Mark[],
): Promise<void> {
  const { projection, topic, partition } = at;
  const { numAffectedRows } = await sql`insert into ${table(at)}
    (projection, topic, "partition", key, since, dead_letter_id, released)
    select ${projection}::text, ${topic}::text, ${partition}::int, key, since, dead_letter_id, released
    from ${marksOf(marks)} on conflict do nothing`.execute(rows);
  if (numAffectedRows !== BigInt(marks.length)) throw changed(at, marks);
}

const changed = (at: ProjectedPartition, marks: readonly Mark[]) =>
  new PositionMoved(
    `${at.projection} is no longer alone on ${at.topic}-${at.partition}: somebody has changed what is parked of ${marks.map(({ key }) => key).join(', ')}`,
    at,
  );
