import type {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRequested,
  RedriveSent,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import { sql } from 'kysely';
import { instantOf, lastOfEach, timeOf, versionOf } from '../event-metadata.ts';
import type { Rows } from '../rows.ts';
import { recordset } from '../recordset.ts';
import { fingerprint } from './fingerprint.ts';
import { sanitized } from '../sanitized.ts';

type Failed = Received<DeadLetterReported | RedriveFailed>;

export async function insertDeadLetters(
  events: readonly Received<DeadLetterReported>[],
  rows: Rows,
): Promise<void> {
  const letters = events.map((event) => ({ ...originOf(event), ...failureOf(event) }));
  await sql`
    insert into read_model.dead_letters
      (dead_letter_id, "group", topic, "partition", "offset", key, message_type, message_id, traceparent,
       first_error_class, first_error_message, first_failed_at, handler, attempts, redrives, redrive, error_class,
       error_message, fingerprint, failed_at, service, service_version, version, updated_at)
    select dead_letter_id, "group", topic, "partition", "offset", key, message_type, message_id, traceparent,
           first_error_class, first_error_message, first_failed_at, handler, attempts, redrives, redrives, error_class,
           error_message, fingerprint, failed_at, service, service_version, version, updated_at
    from ${recordset(letters, {
      group: 'text',
      topic: 'text',
      partition: 'integer',
      offset: 'bigint',
      key: 'text',
      message_type: 'text',
      message_id: 'text',
      traceparent: 'text',
      first_error_class: 'text',
      first_error_message: 'text',
      first_failed_at: 'timestamptz',
      ...failureColumns,
    })}`.execute(rows);
}

/** A redriven record that was given up again: its last failure is the one that counts from now on. */
export async function failAgain(events: readonly Received<RedriveFailed>[], rows: Rows): Promise<void> {
  const failures = lastOfEach(events).map((event) => ({
    ...failureOf(event),
    status: event.data.parked ? 'parked' : 'failed again',
  }));
  await sql`
    update read_model.dead_letters letter
    set handler = row.handler, attempts = row.attempts, redrives = row.redrives,
        error_class = row.error_class, error_message = row.error_message, fingerprint = row.fingerprint,
        failed_at = row.failed_at, service = row.service, service_version = row.service_version,
        status = row.status, version = row.version, updated_at = row.updated_at
    from ${recordset(failures, { ...failureColumns, status: 'text' })}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

export async function requestRedrives(
  events: readonly Received<RedriveRequested>[],
  rows: Rows,
): Promise<void> {
  const requests = lastOfEach(events).map((event) => ({
    ...decisionOf(event),
    redrive: event.data.redrive,
    job_id: event.data.jobId,
  }));
  await sql`
    update read_model.dead_letters letter
    set status = 'requested', not_sent = null, redrive = row.redrive, job_id = row.job_id, decision = 'redrive',
        decided_by = row.operator, decided_at = row.updated_at, decision_reason = row.reason,
        version = row.version, updated_at = row.updated_at
    from ${recordset(requests, { ...decisionColumns, redrive: 'integer', job_id: 'text' })}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

/** Of a redrive nothing was sent: the dead letter waits as before. */
export async function putBack(events: readonly Received<RedriveNotSent>[], rows: Rows): Promise<void> {
  const redrives = lastOfEach(events).map((event) => ({
    ...momentOf(event),
    redrive: event.data.redrive - 1,
    parked: event.data.parked,
    not_sent: sanitized(event.data).refusal,
  }));
  const columns = { ...momentColumns, redrive: 'integer', parked: 'boolean', not_sent: 'text' } as const;
  await sql`
    update read_model.dead_letters letter
    set status = case when row.parked then 'parked' when row.redrive > 0 then 'failed again' else 'open' end,
        redrive = row.redrive, not_sent = row.not_sent, version = row.version, updated_at = row.updated_at
    from ${recordset(redrives, columns)}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

export async function moveRedrives(
  events: readonly Received<RedriveSent | RedriveHandled>[],
  status: 'sent' | 'handled',
  rows: Rows,
): Promise<void> {
  await sql`
    update read_model.dead_letters letter
    set status = ${status}, version = row.version, updated_at = row.updated_at
    from ${recordset(lastOfEach(events).map(momentOf), momentColumns)}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

export async function discard(events: readonly Received<DeadLetterDiscarded>[], rows: Rows): Promise<void> {
  await sql`
    update read_model.dead_letters letter
    set status_before_discard = letter.status, status = 'discarded', decision = 'discard',
        decided_by = row.operator, decided_at = row.updated_at, decision_reason = row.reason,
        version = row.version, updated_at = row.updated_at
    from ${recordset(lastOfEach(events).map(decisionOf), decisionColumns)}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

export async function restore(events: readonly Received<DeadLetterRestored>[], rows: Rows): Promise<void> {
  await sql`
    update read_model.dead_letters letter
    set status = coalesce(letter.status_before_discard, 'open'), status_before_discard = null,
        decision = 'restore', decided_by = row.operator, decided_at = row.updated_at,
        decision_reason = row.reason, version = row.version, updated_at = row.updated_at
    from ${recordset(lastOfEach(events).map(decisionOf), decisionColumns)}
    where letter.dead_letter_id = row.dead_letter_id`.execute(rows);
}

const momentColumns = { dead_letter_id: 'text', version: 'integer', updated_at: 'timestamptz' } as const;
const decisionColumns = { ...momentColumns, operator: 'text', reason: 'text' } as const;
const failureColumns = {
  ...momentColumns,
  handler: 'text',
  attempts: 'integer',
  redrives: 'integer',
  error_class: 'text',
  error_message: 'text',
  fingerprint: 'text',
  failed_at: 'timestamptz',
  service: 'text',
  service_version: 'text',
} as const;

const momentOf = (event: Received) => ({
  dead_letter_id: event.metadata.subject,
  version: versionOf(event),
  updated_at: timeOf(event),
});

function decisionOf(event: Received<RedriveRequested | DeadLetterDiscarded | DeadLetterRestored>) {
  const { operator, reason } = sanitized(event.data);
  return { ...momentOf(event), operator, reason };
}

function originOf({ data }: Failed) {
  const { group, topic, partition, offset, key, messageType, messageId, traceparent, ...failure } =
    sanitized(data);
  return {
    group,
    topic,
    partition,
    offset,
    key,
    message_type: messageType,
    message_id: messageId,
    traceparent,
    first_error_class: failure.firstErrorClass,
    first_error_message: failure.firstErrorMessage,
    first_failed_at: instantOf(failure.firstFailedAt),
  };
}

function failureOf(event: Failed) {
  const { handler, attempts, redrives, errorClass, errorMessage, failedAt, service, version } = sanitized(
    event.data,
  );
  return {
    ...momentOf(event),
    handler,
    attempts,
    redrives,
    error_class: errorClass,
    error_message: errorMessage,
    fingerprint: fingerprint({ errorClass, errorMessage, handler }),
    failed_at: instantOf(failedAt),
    service,
    service_version: version,
  };
}
