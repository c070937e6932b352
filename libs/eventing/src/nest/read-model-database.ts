import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { systemClock } from '../time/system-clock.ts';
import { within } from '../time/waiting.ts';
import type { AnyDatabase } from '../postgres/positions-table.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { ConfigurationError } from '../domain/index.ts';

const CLOSING_MS = 500;

/** Connections to the read model's database, made when the first projection asks. */
@Injectable()
export class ReadModelDatabase implements OnApplicationShutdown {
  private readonly options: EventingOptions;
  private opened: AnyDatabase | undefined;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions) {
    this.options = options;
  }

  get database(): AnyDatabase {
    this.opened ??= this.open();
    return this.opened;
  }

  /** What still runs after its worker was given up ends with the process: Postgres rolls it back then. */
  async onApplicationShutdown(): Promise<void> {
    if (this.opened) await within(systemClock, CLOSING_MS, this.opened.destroy());
  }

  private open(): AnyDatabase {
    const { databaseUrl: connectionString, instance } = this.options;
    if (!connectionString)
      throw new ConfigurationError(
        'DATABASE_MISSING',
        'Projections need a database: give EventingModule a databaseUrl',
      );
    const pool = new pg.Pool({
      connectionString,
      max: 12,
      application_name: instance,
      connectionTimeoutMillis: 5_000,
      // A projector that hangs in its transaction must not hold its locks, and its connection, for good.
      idle_in_transaction_session_timeout: 120_000,
      lock_timeout: 30_000,
    });
    // A connection that breaks is replaced by the pool, and its query fails; unheard, its error would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return new Kysely({ dialect: new PostgresDialect({ pool }) });
  }
}
