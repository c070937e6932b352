import { sql } from 'kysely';
import type { Headers, OutgoingRecord } from '../log/record.ts';
import type { AnyDatabase, AnyTransaction, ProjectedPartition } from './positions-table.ts';
import { eventingTable } from './tables.ts';

const table = ({ schema }: ProjectedPartition) => eventingTable(schema, 'dead_letter_outbox');

/** A record that waits in the database to be published, with its number; numbers only grow. */
export interface Pending {
  readonly seq: bigint;
  readonly record: OutgoingRecord;
}

/** Puts records beside the rows, in the rows' transaction and in their order. */
export async function addPending(
  rows: AnyTransaction,
  at: ProjectedPartition,
  records: readonly OutgoingRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const { projection, topic, partition } = at;
  await sql`insert into ${table(at)} (projection, topic, "partition", record)
    select ${projection}::text, ${topic}::text, ${partition}::int, record
    from unnest(${records.map(encode)}::bytea[]) with ordinality as pending (record, nth) order by nth`.execute(
    rows,
  );
}

export async function pendingOf(database: AnyDatabase, at: ProjectedPartition): Promise<Pending[]> {
  const { projection, topic, partition } = at;
  const { rows } = await sql<{ seq: string; record: Buffer }>`select seq, record from ${table(at)}
    where projection = ${projection} and topic = ${topic} and "partition" = ${partition}
    order by seq`.execute(database);
  return rows.map(({ seq, record }) => ({ seq: BigInt(seq), record: decode(record) }));
}

/** Removes what comes before this number. */
export async function removePending(
  database: AnyDatabase,
  at: ProjectedPartition,
  before: bigint,
): Promise<void> {
  const { projection, topic, partition } = at;
  await sql`delete from ${table(at)} where projection = ${projection} and topic = ${topic}
    and "partition" = ${partition} and seq < ${String(before)}::bigint`.execute(database);
}

interface Encoded extends Omit<OutgoingRecord, 'key' | 'value' | 'headers'> {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

const text = (bytes: Buffer | null) => bytes && bytes.toString('base64');
const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));

function encode({ key, value, headers, ...place }: OutgoingRecord): Buffer {
  const encoded: Encoded = {
    ...place,
    key: text(key),
    value: text(value),
    headers: headers.map(([name, content]) => [name, text(content)]),
  };
  return Buffer.from(JSON.stringify(encoded));
}

function decode(record: Buffer): OutgoingRecord {
  const { key, value, headers, ...place } = JSON.parse(record.toString()) as Encoded;
  const own: Headers = headers.map(([name, content]) => [name, bytes(content)]);
  return { ...place, key: bytes(key), value: bytes(value), headers: own };
}
