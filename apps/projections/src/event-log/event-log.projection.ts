import { InventoryEvents, OrdersEvents, projections } from '@atelier/contracts';
import { type Placed, Project, Projection } from '@atelier/eventing';
import type { Contract } from '@atelier/eventing/domain';
import { historyColumns, historyRow, insertHistory } from '../history.ts';
import type { Rows } from '../rows.ts';

/** Every event with its place in the log: an order's history, the answer to a command, and what a stream has missed. */
@Projection(projections.eventLog)
export class EventLogProjection {
  @ProjectAll(OrdersEvents)
  @ProjectAll(InventoryEvents)
  async log(events: readonly Placed[], rows: Rows): Promise<void> {
    await insertHistory('read_model.event_log', events.map(rowOf), columns, rows);
  }
}

const columns = { ...historyColumns, correlation_id: 'text' } as const;

const rowOf = (event: Placed) => ({ ...historyRow(event), correlation_id: event.metadata.correlationId });

/** `@Project` for each type of a contract. */
function ProjectAll({ types }: Contract): MethodDecorator {
  return (target, method, descriptor) => {
    for (const type of Object.values(types)) Project(type)(target, String(method), descriptor as never);
  };
}
