import { migrateEventing } from '@atelier/eventing/postgres';
import { READ_MODEL } from '@atelier/read-model';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import * as readModel from './migrations/0001_read_model.ts';
import * as deadLetters from './migrations/0002_dead_letters.ts';
import * as notSent from './migrations/0003_not_sent.ts';
import * as hangingTransactions from './migrations/0004_hanging_transactions.ts';
import * as cancelledBy from './migrations/0005_cancelled_by.ts';
import * as upcastEvents from './migrations/0006_upcast_events.ts';
import * as channel from './migrations/0007_channel.ts';
import * as sales from './migrations/0008_sales.ts';
import * as customers from './migrations/0009_customers.ts';

const migrations = {
  '0001_read_model': readModel,
  '0002_dead_letters': deadLetters,
  '0003_not_sent': notSent,
  '0004_hanging_transactions': hangingTransactions,
  '0005_cancelled_by': cancelledBy,
  '0006_upcast_events': upcastEvents,
  '0007_channel': channel,
  '0008_sales': sales,
  '0009_customers': customers,
};

/**
 * Brings the database to the newest shape, the library's tables first; returns the names of the steps it took. Two at once wait
 * for each other. Databases from before the library had migrations have its tables from ours: it takes them over.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 1 }) }),
  });
  try {
    const taken = await migrateEventing(db, READ_MODEL);
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const migrator = new Migrator({ db, provider, migrationTableSchema: READ_MODEL });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw new Error('The read model could not be migrated', { cause: error });
    return [...taken.map((step) => `eventing ${step}`), ...results.map(({ migrationName }) => migrationName)];
  } finally {
    await db.destroy();
  }
}
