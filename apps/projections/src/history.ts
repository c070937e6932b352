import type { Placed } from '@atelier/eventing';
import type { Was } from '@atelier/eventing/serde';
import type { ReadModel } from '@atelier/read-model';
import { sql } from 'kysely';
import { timeOf, versionOf } from './event-metadata.ts';
import { type PostgresType, recordset } from './recordset.ts';
import type { Rows } from './rows.ts';

/** The tables that have one row for each event, at its place in the log. */
type History = 'read_model.event_log' | 'read_model.dead_letter_history' | 'read_model.transaction_history';
type Columns<Table extends History> = keyof ReadModel[Table] & string;

export async function insertHistory<Table extends History>(
  table: Table,
  events: readonly Readonly<Record<Columns<Table>, unknown>>[],
  columns: Readonly<Record<Columns<Table>, PostgresType>>,
  rows: Rows,
): Promise<void> {
  const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
  await sql`
    insert into ${sql.table(table)} (${names})
    select ${names} from ${recordset<Readonly<Record<Columns<Table>, unknown>>>(events, columns)}`.execute(
    rows,
  );
}

/** What every history has of an event. */
export const historyRow = (event: Placed) => ({
  topic: event.position.topic,
  partition: event.position.partition,
  offset: event.position.offset,
  aggregate_id: event.metadata.subject,
  version: versionOf(event),
  type: event.type,
  event_id: event.metadata.id,
  time: timeOf(event),
  causation_id: event.metadata.causationId ?? null,
  request_hash: event.metadata.requestHash ?? null,
  data: event.data,
  part: event.was?.part ?? 0,
  was: event.was ? wasOf(event.was) : null,
});

const wasOf = ({ type, version, data, parts }: Was) => ({ type, version: version ?? null, data, parts });

export const historyColumns = {
  topic: 'text',
  partition: 'integer',
  offset: 'bigint',
  aggregate_id: 'text',
  version: 'integer',
  type: 'text',
  event_id: 'text',
  time: 'timestamptz',
  causation_id: 'text',
  request_hash: 'text',
  data: 'jsonb',
  part: 'integer',
  was: 'jsonb',
} as const;
