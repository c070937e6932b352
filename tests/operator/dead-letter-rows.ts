import { KafkaClient, stableEnd } from '@atelier/eventing/kafka';
import { type Kysely, sql } from 'kysely';
import { databaseAt } from '../../tools/demo/database.ts';
import type { Platform } from '../../tools/platform.ts';
import { eventually } from '../harness/running-platform.ts';

const PROJECTION = 'projections.dead-letters.v1';
const TOPICS = ['dead-letters.events', 'redrive-jobs.events'];
const TABLES = ['dead_letters', 'dead_letter_history', 'redrive_jobs', 'redrive_job_items'] as const;
const tableOf = (name: (typeof TABLES)[number]) => sql.table(`read_model.${name}`);

type Rows = Readonly<Record<(typeof TABLES)[number], readonly unknown[]>>;

/** The read model of dead letters as it is in the database, and the log that it is made of. */
export class DeadLetterRows {
  private readonly database: Kysely<unknown>;
  private readonly client: KafkaClient;

  constructor({ postgres, kafka }: Pick<Platform, 'postgres' | 'kafka'>) {
    this.database = databaseAt(postgres);
    this.client = new KafkaClient({ brokers: kafka.split(','), clientId: 'dead-letter-rows' });
  }

  /** All rows, once each event of the log is in them. */
  everything(): Promise<Rows> {
    const rows = async () => {
      return (await this.isUpToDate()) ? this.everyRow() : undefined;
    };
    return eventually(rows, (found) => found !== undefined) as Promise<Rows>;
  }

  /** No row is left, and the projection stands before the first event. Whoever runs it has to begin again. */
  forget(): Promise<void> {
    return this.database.transaction().execute(async (rows) => {
      // In the projection's own order, so that neither waits for the other for good.
      await sql`update read_model.projection_positions set next_offset = 0
        where projection = ${PROJECTION} and topic in (${sql.join(TOPICS)})`.execute(rows);
      await sql`truncate ${sql.join(TABLES.map(tableOf))}`.execute(rows);
    });
  }

  /** The portions of a job: when each was decided, in milliseconds, and how many it had. */
  async portionsOf(jobId: string): Promise<{ at: number; size: number }[]> {
    const { rows } = await sql<{ at: Date; size: number }>`
      select time as at, jsonb_array_length(data -> 'deadLetterIds') as size from read_model.dead_letter_history
      where aggregate_id = ${jobId} and type = 'RedriveJobAdvanced' order by version`.execute(this.database);
    return rows.map(({ at, size }) => ({ at: at.getTime(), size }));
  }

  private async everyRow(): Promise<Rows> {
    const found = TABLES.map(async (table) => {
      const { rows } = await sql<{ row: unknown }>`
        select to_jsonb(t) as row from ${tableOf(table)} t order by t::text`.execute(this.database);
      return [table, rows.map(({ row }) => row)];
    });
    return Object.fromEntries(await Promise.all(found)) as Rows;
  }

  private async isUpToDate(): Promise<boolean> {
    const { rows } = await sql<{ topic: string; partition: number; next: string }>`
      select topic, "partition", next_offset as next from read_model.projection_positions
      where projection = ${PROJECTION} and topic in (${sql.join(TOPICS)})`.execute(this.database);
    const upToDate = rows.map(async ({ topic, partition, next }) => {
      return (await stableEnd(this.client, topic, partition)) === BigInt(next);
    });
    return rows.length > 0 && (await Promise.all(upToDate)).every(Boolean);
  }

  async close(): Promise<void> {
    await this.database.destroy();
    await this.client.close();
  }
}
