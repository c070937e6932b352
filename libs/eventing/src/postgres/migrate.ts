import { type Migration, Migrator } from 'kysely/migration';
import { EventingError } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { projections } from './migrations/0001_projections.ts';
import type { AnyDatabase } from './positions-table.ts';
import { EVENTING_SCHEMA } from './tables.ts';
import { refuseElsewhere } from './tables-found.ts';

/**
 * The library's tables could not be brought to their newest shape. They are as they were: all steps are one transaction. What
 * records steps may have been made before it, and stays: the schema, `eventing_migration` and `eventing_migration_lock`.
 */
export class MigrationFailed extends EventingError {
  constructor(schema: string, cause: unknown) {
    super('MIGRATION_FAILED', `The tables of ${schema} could not be migrated`, {
      retryable: classify(cause, 'fatal') !== 'fatal',
      fields: { schema },
      cause,
    });
  }
}

/**
 * Brings the library's tables to their newest shape, and makes their schema where there is none: `eventing`, unless another is
 * named. Run it before each start of a new release, and before migrations of your own that name these tables; it may run again
 * and again, and two at once wait for each other. Answers the names of the steps that it took. What was migrated is kept in
 * `eventing_migration` of that schema. Throws MigrationFailed; its cause may be TablesDiffer or TablesElsewhere.
 */
export async function migrateEventing(db: AnyDatabase, schema?: string): Promise<string[]> {
  try {
    if (schema === undefined) await refuseElsewhere(db);
    return await migrateIn(db, schema ?? EVENTING_SCHEMA);
  } catch (error) {
    throw new MigrationFailed(schema ?? EVENTING_SCHEMA, error);
  }
}

async function migrateIn(db: AnyDatabase, schema: string): Promise<string[]> {
  // Never edited once they are released, but for databases that have not run them.
  const migrations: Record<string, Migration> = { '0001_projections': projections(schema) };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: schema,
    migrationTableName: 'eventing_migration',
    migrationLockTableName: 'eventing_migration_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  return results.map(({ migrationName }) => migrationName);
}
