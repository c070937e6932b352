import { parseExactly } from '@atelier/contracts';
import type { ReadModel } from '@atelier/read-model';
import { type FactoryProvider, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

/** The read model, which the gateway only reads. */
@Injectable()
export class Database extends Kysely<ReadModel> implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return this.destroy();
  }
}

const { JSON: json, JSONB: jsonb } = pg.types.builtins;

/** The driver's, but that amounts and offsets in JSON keep their digits. */
const getTypeParser: typeof pg.types.getTypeParser = (type: number, format?: 'text' | 'binary') =>
  (type === json || type === jsonb) && format !== 'binary'
    ? parseExactly
    : pg.types.getTypeParser(type, format as 'text');

export const databaseAt = (connectionString: string): FactoryProvider<Database> => ({
  provide: Database,
  useFactory: () => {
    const pool = new pg.Pool({
      connectionString,
      max: 20,
      connectionTimeoutMillis: 3_000,
      query_timeout: 4_000,
      application_name: 'gateway',
      types: { getTypeParser },
    });
    // A connection that breaks is replaced by the next query, and its own query fails; unheard, its error would end the
    // process. The pool hears of idle ones only.
    const logger = new Logger(Database.name);
    pool.on('error', (error: Error) => logger.warn(`Postgres: ${error.message}`));
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new Database({ dialect: new PostgresDialect({ pool }) });
  },
});
