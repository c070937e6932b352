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

/**
 * Another transaction has the position in its hands: an earlier owner's, or one of this process that was given up. If it commits,
 * the position is another one: whoever waited for it would have to begin anew anyway.
 */
export class PositionHeld extends EventingError {
  constructor({ projection, topic, partition }: ProjectedPartition) {
    super(
      'POSITION_HELD',
      `Another transaction holds the position of ${projection} in ${topic}-${partition}: if it does not end by itself, look for it in pg_stat_activity`,
      { retryable: true, fields: { projection, topic, partition } },
    );
  }
}

/** How the position of a partition is moved. */
export interface Move {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** How long a transaction may wait for others, and stand still, in milliseconds; as long as its connection says unless given. */
export interface Limits {
  readonly lockMs: number;
  readonly idleMs: number;
}

/**
 * Moves positions of one projection inside the rows' transaction, each under its row lock, and none twice. Answers, in their
 * order, why one was not moved: PositionMoved unless it stood at `from`, PositionHeld when another transaction has its row.
 * It waits for no lock, so that no two transactions can wait for each other.
 */
export async function movePositions(
  rows: AnyTransaction,
  { schema, projection }: Pick<ProjectedPartition, 'schema' | 'projection'>,
  moves: readonly Move[],
  limits?: Limits,
): Promise<(PositionMoved | PositionHeld | undefined)[]> {
  const positions = eventingTable(schema, 'projection_positions');
  const found = await sql<{ nth: number; stands: boolean }>`
    with held as materialized (
      select move.nth::int, move."to", stored.topic, stored."partition", stored.next_offset = move."from" as stands
      from ${positions} stored
      join unnest(${moves.map(({ topic }) => topic)}::text[], ${moves.map(({ partition }) => partition)}::int[],
        ${moves.map(({ from }) => String(from))}::bigint[], ${moves.map(({ to }) => String(to))}::bigint[])
        with ordinality as move (topic, "partition", "from", "to", nth)
        on move.topic = stored.topic and move."partition" = stored."partition"
      where stored.projection = ${projection}
      for update of stored skip locked
    ), moved as (
      update ${positions} stored set next_offset = held."to" from held
      where stored.projection = ${projection} and stored.topic = held.topic
        and stored."partition" = held."partition" and held.stands
    )
    select nth, stands${limits ? inForce(limits) : sql``} from held`.execute(rows);
  const stands = new Map(found.rows.map((row) => [row.nth, row.stands]));
  return moves.map(({ topic, partition, from }, index) => {
    const at = { schema, projection, topic, partition };
    const stood = stands.get(index + 1);
    if (stood === undefined) return new PositionHeld(at);
    return stood
      ? undefined
      : new PositionMoved(`${projection} is no longer at ${from} of ${topic}-${partition}`, at);
  });
}

/** With the same request, from the next one on, until the transaction ends. */
const inForce = ({ lockMs, idleMs }: Limits) => sql`,
  set_config('lock_timeout', ${String(lockMs)}, true),
  set_config('idle_in_transaction_session_timeout', ${String(idleMs)}, true)`;
