import { InventoryEvents, OrdersEvents } from '@atelier/contracts';
import { type Placed, Project, Projection } from '@atelier/eventing';
import type { Contract } from '@atelier/eventing/domain';
import { sql } from 'kysely';
import { timeOf, versionOf } from '../numbered.ts';
import type { Rows } from '../read-model.ts';
import { recordset } from '../recordset.ts';

/** Every event with its place in the log: an order's history, the answer to a command, and what a stream has missed. */
@Projection({ name: 'event-log', version: 1 })
export class EventLogProjection {
  @ProjectAll(OrdersEvents)
  @ProjectAll(InventoryEvents)
  async log(events: readonly Placed[], rows: Rows): Promise<void> {
    await sql`
      insert into read_model.event_log
        (topic, "partition", "offset", aggregate_id, version, type, event_id, time,
         causation_id, correlation_id, request_hash, data)
      select topic, "partition", "offset", aggregate_id, version, type, event_id, time,
             causation_id, correlation_id, request_hash, data
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
        correlation_id: 'text',
        request_hash: 'text',
        data: 'jsonb',
      })}`.execute(rows);
  }
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
  correlation_id: event.metadata.correlationId,
  request_hash: event.metadata.requestHash ?? null,
  data: event.data,
});

/** `@Project` for each type of a contract. */
function ProjectAll({ types }: Contract): MethodDecorator {
  return (target, method, descriptor) => {
    for (const type of Object.values(types)) Project(type)(target, String(method), descriptor as never);
  };
}
