import { type Kysely, sql } from 'kysely';

/** Dead letters as operators see them. (It once made `parked_keys` and `dead_letter_outbox`, too, which are the library's.) */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [deadLetters, history, redriveJobs].flat()) {
    await sql.raw(statement).execute(db);
  }
}

const deadLetters = [
  // `redrives` and `failed_at` are of the last failure, and find its record; `redrive` is the last that was asked for.
  `create table read_model.dead_letters (
     dead_letter_id text primary key,
     "group" text not null,
     topic text not null,
     "partition" integer not null,
     "offset" bigint not null,
     key text,
     message_type text,
     message_id text,
     traceparent text,
     handler text not null,
     attempts integer not null,
     redrives integer not null,
     redrive integer not null default 0,
     error_class text not null,
     error_message text not null,
     first_error_class text not null,
     first_error_message text not null,
     fingerprint text not null,
     failed_at timestamptz not null,
     first_failed_at timestamptz not null,
     service text not null,
     service_version text not null,
     status text not null default 'open' check (status in
       ('open', 'requested', 'sent', 'handled', 'failed again', 'discarded', 'parked')),
     status_before_discard text,
     decision text check (decision in ('redrive', 'discard', 'restore')),
     decided_by text,
     decided_at timestamptz,
     decision_reason text,
     job_id text,
     version integer not null,
     updated_at timestamptz not null
   )`,
  'create index on read_model.dead_letters (failed_at, dead_letter_id)',
  'create index on read_model.dead_letters (status, failed_at, dead_letter_id)',
  'create index on read_model.dead_letters ("group", first_failed_at, dead_letter_id)',
  'create index on read_model.dead_letters ("group", key)',
  'create index on read_model.dead_letters (fingerprint, failed_at, dead_letter_id)',
];

// As the event log, and who did it; the customers' log has no events of operators.
const history = [
  `create table read_model.dead_letter_history (
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
     operator text,
     reason text,
     job_id text,
     data jsonb not null,
     primary key (topic, "partition", "offset")
   )`,
  'create index on read_model.dead_letter_history (aggregate_id, topic, version)',
  'create index on read_model.dead_letter_history (causation_id)',
  'create index on read_model.dead_letter_history (operator, time)',
];

// Each of these has one writer: events of jobs write the first, events of dead letters the second.
const redriveJobs = [
  `create table read_model.redrive_jobs (
     job_id text primary key,
     "group" text not null,
     operator text not null,
     reason text not null,
     rate integer not null,
     force boolean not null,
     dead_letter_ids jsonb not null,
     status text not null default 'running' check (status in ('running', 'finished', 'halted', 'cancelled')),
     step integer not null default 0,
     version integer not null,
     started_at timestamptz not null,
     ended_at timestamptz,
     ended_by text,
     end_reason text
   )`,
  `create table read_model.redrive_job_items (
     job_id text not null,
     dead_letter_id text not null,
     outcome text not null check (outcome in ('requested', 'refused', 'sent', 'handled', 'failed')),
     refusal text,
     primary key (job_id, dead_letter_id)
   )`,
];
