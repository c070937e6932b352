import { type Kysely, sql } from 'kysely';

/** Hanging transactions as operators see them, and what was decided about them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [hangingTransactions, history].flat()) await sql.raw(statement).execute(db);
}

const hangingTransactions = [
  // What is null is not known: an operator may have asked for the end of what was never found.
  `create table read_model.hanging_transactions (
     transaction text primary key,
     topic text not null,
     "partition" integer not null,
     producer_id bigint not null,
     producer_epoch integer,
     start_offset bigint,
     transactional_id text,
     since timestamptz,
     waiting bigint,
     verdict text check (verdict in ('proven-commit', 'proven-abort', 'unproven', 'foreign')),
     known text,
     state text not null check (state in ('hanging', 'requested', 'ended', 'not-ended')),
     outcome text check (outcome in ('commit', 'abort')),
     found_at timestamptz not null,
     decided_at timestamptz,
     decided_by text,
     reason text,
     ended_at timestamptz,
     not_ended text,
     version integer not null,
     updated_at timestamptz not null
   )`,
  'create index on read_model.hanging_transactions (found_at, transaction)',
  'create index on read_model.hanging_transactions (state, found_at, transaction)',
];

// As the event log: answers to operators' requests are found in it.
const history = [
  `create table read_model.transaction_history (
     topic text not null,
     "partition" integer not null,
     "offset" bigint not null,
     aggregate_id text not null,
     version integer not null,
     type text not null,
     event_id text not null,
     time timestamptz not null,
     causation_id text,
     request_hash text,
     data jsonb not null,
     primary key (topic, "partition", "offset")
   )`,
  'create index on read_model.transaction_history (causation_id)',
];
