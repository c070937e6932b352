import type { ReadModel } from './tables.ts';

/**
 * The projection that writes each table, by its name in the contracts; the library's tables are of all of them. One line for each
 * table: the compiler asks for it.
 */
export const tableOwners = {
  'read_model.orders': 'orders',
  'read_model.order_lines': 'orders',
  'read_model.products': 'products',
  'read_model.event_log': 'event-log',
  'read_model.dead_letters': 'dead-letters',
  'read_model.dead_letter_history': 'dead-letters',
  'read_model.redrive_jobs': 'dead-letters',
  'read_model.redrive_job_items': 'dead-letters',
  'read_model.hanging_transactions': 'transactions',
  'read_model.transaction_history': 'transactions',
  'read_model.sales': 'sales',
  'read_model.customer_summaries': 'customers',
  'read_model.projection_positions': 'the library',
  'read_model.parked_keys': 'the library',
  'read_model.dead_letter_outbox': 'the library',
} as const satisfies { readonly [Name in keyof ReadModel]: string };

type Owners = typeof tableOwners;

/** A projection that has tables. */
export type TableOwner = Exclude<Owners[keyof Owners], 'the library'>;

/** The tables of a projection. */
export const tablesOf = (owner: TableOwner): readonly (keyof ReadModel)[] =>
  (Object.keys(tableOwners) as (keyof ReadModel)[]).filter((table) => tableOwners[table] === owner);
