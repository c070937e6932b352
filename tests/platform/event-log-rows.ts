import { sql } from 'kysely';
import { databaseAt } from '../../tools/demo/database.ts';

/** The rows of every event, by its place in the log. */
export type EventRows = Readonly<Record<string, unknown>>;

const PROJECTION = 'projections.event-log.v1';

/** The read model of all events, as it is in the database. */
export class EventLogRows {
  private readonly database: ReturnType<typeof databaseAt>;

  constructor(postgres: string) {
    this.database = databaseAt(postgres);
  }

  async all(): Promise<EventRows> {
    const { rows } = await sql<{ at: string; row: unknown }>`
      select concat_ws(' ', topic, "partition", "offset", part) as at, to_jsonb(t) as row
      from read_model.event_log t`.execute(this.database);
    return Object.fromEntries(rows.map(({ at, row }) => [at, row]));
  }

  /** No row is left, and the projection stands before the first event. Whoever runs it has to begin again. */
  forget(): Promise<void> {
    return this.database.transaction().execute(async (rows) => {
      // In the projection's own order, so that neither waits for the other for good.
      await sql`update read_model.projection_positions set next_offset = 0
        where projection = ${PROJECTION} and topic in ('orders.events', 'inventory.events')`.execute(rows);
      await sql`truncate read_model.event_log`.execute(rows);
    });
  }

  close(): Promise<void> {
    return this.database.destroy();
  }
}
