export { migrateEventing, MigrationFailed } from './migrate.ts';
export { PositionHeld, PositionMoved, TablesMissing } from './positions-table.ts';
export { PostgresAway } from './postgres-away.ts';
export * from './tables.ts';
export { TablesDiffer, TablesElsewhere } from './tables-found.ts';
