import type { Placed } from '@atelier/eventing';
import { sql } from 'kysely';
import { storable } from '../dead-letters/storable.ts';
import { timeOf, versionOf } from '../numbered.ts';
import type { Rows } from '../read-model.ts';
import { recordset } from '../recordset.ts';

/** One row for each event: what was found and decided, and the answer to each request. */
export async function insertHistory(events: readonly Placed[], rows: Rows): Promise<void> {
  await sql`
    insert into read_model.transaction_history
      (topic, "partition", "offset", aggregate_id, version, type, event_id, time, causation_id, request_hash, data)
    select topic, "partition", "offset", aggregate_id, version, type, event_id, time, causation_id, request_hash, data
    from ${recordset(events.map(rowOf), {
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
    })}`.execute(rows);
}

const rowOf = (event: Placed) => ({
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
  data: storable(event.data),
});
