import { type RawBuilder, sql } from 'kysely';

/** The schema of the library's tables, unless another is named. */
export const EVENTING_SCHEMA = 'eventing';

/** How far each projection has come, in each partition of its topics. */
export interface PositionsTable {
  /** The projection's group: `projections.<name>.v<version>`. */
  projection: string;
  topic: string;
  partition: number;
  /** A bigint, which the driver reads as text, so that no digit is lost; so are the others. */
  next_offset: string;
}

/** Keys whose rows are behind: a record of theirs is a dead letter, and later ones wait for it. */
export interface ParkedKeysTable {
  projection: string;
  topic: string;
  partition: number;
  key: string;
  /** The offset of the first record that is not handled. */
  since: string;
  dead_letter_id: string;
  released: boolean;
}

/** Records that wait to be published, with their transaction's rows: dead letters, and reports of them. */
export interface OutboxTable {
  projection: string;
  topic: string;
  partition: number;
  seq: string;
  record: Buffer;
}

/** The tables that projections need beside their rows, by their names in the schema; `migrateEventing` makes them. */
export interface EventingTables {
  projection_positions: PositionsTable;
  parked_keys: ParkedKeysTable;
  dead_letter_outbox: OutboxTable;
}

export const eventingTable = (schema: string, name: keyof EventingTables): RawBuilder<unknown> =>
  sql.id(schema, name);
