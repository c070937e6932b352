import { type Kysely, sql, type Transaction } from 'kysely';
import { EventingError } from '../domain/index.ts';
import { eventingTable } from './tables.ts';

const table = ({ schema }: ProjectedPartition) => eventingTable(schema, 'projection_positions');

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the read model's tables are the projections' own
export type AnyDatabase = Kysely<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyTransaction = Transaction<any>;

export interface ProjectedPartition {
  /** Where the library's tables are, in the read model's own database. */
  readonly schema: string;
  /** The projection's group: `projections.<name>.v<version>`. */
  readonly projection: string;
  readonly topic: string;
  readonly partition: number;
}

/**
 * The stored position, created at 0 when there is none: a projection starts with the first event. One that is there is
 * only read: to insert it again would wait for whoever holds it, also for a run that was given up and never ends.
 */
export async function storedPosition(database: AnyDatabase, at: ProjectedPartition): Promise<bigint> {
  const { projection, topic, partition } = at;
  const position = await readPosition(database, at);
  if (position !== undefined) return position;
  await sql`insert into ${table(at)} (projection, topic, "partition", next_offset)
    values (${projection}, ${topic}, ${partition}, 0) on conflict do nothing`.execute(database);
  return (await readPosition(database, at)) ?? 0n;
}

async function readPosition(database: AnyDatabase, at: ProjectedPartition): Promise<bigint | undefined> {
  const { projection, topic, partition } = at;
  const { rows } = await sql<{ next_offset: string }>`select next_offset from ${table(at)}
    where projection = ${projection} and topic = ${topic} and "partition" = ${partition}`
    .execute(database)
    .catch((error: unknown) => {
      throw (error as { code?: unknown }).code === UNDEFINED_TABLE
        ? new TablesMissing(at.schema, error)
        : error;
    });
  return rows[0] && BigInt(rows[0].next_offset);
}

/** SQLSTATE. */
const UNDEFINED_TABLE = '42P01';

/** Nobody has migrated this database. The partition waits until somebody does. */
export class TablesMissing extends EventingError {
  constructor(schema: string, cause: unknown) {
    super(
      'TABLES_MISSING',
      `The tables of projections are not in the schema ${schema}: run migrateEventing before services start, or name the schema that has them (databaseSchema)`,
      {
        retryable: true,
        fields: { schema },
        cause,
      },
    );
  }
}

/** Somebody else has moved the position: this process no longer owns the partition, or reads it a second time. */
export class PositionMoved extends EventingError {
  constructor(message: string, { projection, topic, partition }: ProjectedPartition) {
    super('POSITION_MOVED', message, { retryable: true, fields: { projection, topic, partition } });
  }
}

/** Moves the position inside the rows' transaction, under its row lock; throws PositionMoved unless it stood at `from`. */
export async function movePosition(
  rows: AnyTransaction,
  at: ProjectedPartition,
  from: bigint,
  to: bigint,
): Promise<void> {
  const { projection, topic, partition } = at;
  const { numAffectedRows } = await sql`update ${table(at)} set next_offset = ${String(to)}::bigint
    where projection = ${projection} and topic = ${topic} and "partition" = ${partition}
    and next_offset = ${String(from)}::bigint`.execute(rows);
  if (numAffectedRows !== 1n)
    throw new PositionMoved(`${projection} is no longer at ${from} of ${topic}-${partition}`, at);
}
