import type {
  RedriveFailed,
  RedriveHandled,
  RedriveJobAdvanced,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStarted,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import type { JobStatus, RedriveOutcome } from '@atelier/read-model';
import { sql } from 'kysely';
import { lastOfEach, timeOf, versionOf } from '../event-metadata.ts';
import type { Rows } from '../rows.ts';
import { recordset } from '../recordset.ts';
import { sanitized } from '../sanitized.ts';

export async function insertJobs(events: readonly Received<RedriveJobStarted>[], rows: Rows): Promise<void> {
  const jobs = events.map((event) => {
    const { jobId, group, operator, reason, rate, force, deadLetterIds } = sanitized(event.data);
    const facts = { group, operator, reason, rate, force, dead_letter_ids: deadLetterIds };
    return { job_id: jobId, ...facts, version: versionOf(event), started_at: timeOf(event) };
  });
  await sql`
    insert into read_model.redrive_jobs
      (job_id, "group", operator, reason, rate, force, dead_letter_ids, version, started_at)
    select job_id, "group", operator, reason, rate, force, dead_letter_ids, version, started_at
    from ${recordset(jobs, {
      job_id: 'text',
      group: 'text',
      operator: 'text',
      reason: 'text',
      rate: 'integer',
      force: 'boolean',
      dead_letter_ids: 'jsonb',
      version: 'integer',
      started_at: 'timestamptz',
    })}`.execute(rows);
}

export async function advanceJobs(
  events: readonly Received<RedriveJobAdvanced>[],
  rows: Rows,
): Promise<void> {
  const jobs = lastOfEach(events).map((event) => ({
    job_id: event.data.jobId,
    step: event.data.step,
    version: versionOf(event),
  }));
  await sql`
    update read_model.redrive_jobs job set step = row.step, version = row.version
    from ${recordset(jobs, { job_id: 'text', step: 'integer', version: 'integer' })}
    where job.job_id = row.job_id`.execute(rows);
}

type Ending = Received<RedriveJobFinished | RedriveJobHalted | RedriveJobCancelled>;

export async function endJobs(events: readonly Ending[], status: JobStatus, rows: Rows): Promise<void> {
  const jobs = lastOfEach(events).map((event) => ({
    job_id: event.data.jobId,
    ...endingOf(event),
    version: versionOf(event),
    ended_at: timeOf(event),
  }));
  await sql`
    update read_model.redrive_jobs job
    set status = ${status}, ended_at = row.ended_at, ended_by = row.ended_by, end_reason = row.end_reason,
        version = row.version
    from ${recordset(jobs, {
      job_id: 'text',
      ended_by: 'text',
      end_reason: 'text',
      version: 'integer',
      ended_at: 'timestamptz',
    })}
    where job.job_id = row.job_id`.execute(rows);
}

function endingOf(event: Ending): { ended_by: string | null; end_reason: string | null } {
  const data = sanitized(event.data);
  if ('operator' in data) return { ended_by: data.operator, end_reason: data.reason };
  const reason = 'outcome' in data ? `the first one was not handled: ${data.outcome}` : null;
  return { ended_by: null, end_reason: reason };
}

type Redriven = Received<
  RedriveRequested | RedriveRefused | RedriveNotSent | RedriveSent | RedriveHandled | RedriveFailed
>;

/** What became of each dead letter of a job; redrives on their own are left out. */
export async function recordOutcomes(
  events: readonly Redriven[],
  outcome: RedriveOutcome,
  rows: Rows,
): Promise<void> {
  const items = events.flatMap(({ data }) => {
    const refusal = 'refusal' in data ? data.refusal : null;
    return data.jobId === null ? [] : [{ job_id: data.jobId, dead_letter_id: data.deadLetterId, refusal }];
  });
  // Two in one statement would be a conflict of their own: jobs may meet at a dead letter, and one be refused twice.
  const once = new Map(items.map((item) => [`${item.job_id} ${item.dead_letter_id}`, item]));
  if (once.size === 0) return;
  await sql`
    insert into read_model.redrive_job_items (job_id, dead_letter_id, outcome, refusal)
    select job_id, dead_letter_id, ${outcome}, refusal
    from ${recordset([...once.values()], { job_id: 'text', dead_letter_id: 'text', refusal: 'text' })}
    on conflict (job_id, dead_letter_id) do update
      set outcome = excluded.outcome, refusal = excluded.refusal`.execute(rows);
}
