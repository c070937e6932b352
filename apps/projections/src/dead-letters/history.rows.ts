import type { Placed } from '@atelier/eventing';
import { sql } from 'kysely';
import { timeOf, versionOf } from '../numbered.ts';
import type { Rows } from '../read-model.ts';
import { recordset } from '../recordset.ts';
import { storable } from './storable.ts';

/** One row for each event: who did what with a dead letter or a job, and what came of it. */
export async function insertHistory(events: readonly Placed[], rows: Rows): Promise<void> {
  await sql`
    insert into read_model.dead_letter_history
      (topic, "partition", "offset", aggregate_id, version, type, event_id, time,
       causation_id, request_hash, operator, reason, job_id, data)
    select topic, "partition", "offset", aggregate_id, version, type, event_id, time,
           causation_id, request_hash, operator, reason, job_id, data
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
      operator: 'text',
      reason: 'text',
      job_id: 'text',
      data: 'jsonb',
    })}`.execute(rows);
}

interface Facts {
  readonly operator?: string;
  readonly reason?: string;
  readonly jobId?: string | null;
}

function rowOf(event: Placed) {
  const data = storable(event.data) as Facts;
  return {
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
    operator: data.operator ?? null,
    reason: data.reason ?? null,
    job_id: data.jobId ?? null,
    data,
  };
}
