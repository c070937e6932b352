import type { RedriveJobsTable } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import { Database } from '../../read-model/database.ts';
import type { Outcome, RedriveJob } from './redrive-job.schema.ts';

type Status = RedriveJob['status'];
type JobFacts = Omit<RedriveJob, 'counts' | 'items' | 'next'>;

/** A dead letter of a job; `position`: its place in the job's order, from 1. */
export interface JobItem {
  readonly position: number;
  readonly deadLetterId: string;
  readonly outcome: Outcome;
  readonly refusal?: string;
}

interface ItemRow {
  readonly position: number;
  readonly dead_letter_id: string;
  readonly outcome: Outcome | null;
  /** Whether the job had come to it. */
  readonly reached: boolean;
  readonly refusal: string | null;
}

@Injectable()
export class RedriveJobQueries {
  constructor(private readonly database: Database) {}

  async find(jobId: string): Promise<JobFacts | undefined> {
    const row = await this.database
      .selectFrom('read_model.redrive_jobs')
      .selectAll()
      .where('job_id', '=', jobId)
      .executeTakeFirst();
    return row && factsOf(row);
  }

  async counts({ jobId, status }: JobFacts): Promise<RedriveJob['counts']> {
    const { rows } = await sql<Pick<ItemRow, 'outcome' | 'reached'> & { count: number }>`
      select outcome, reached, count(*)::integer as count from ${itemsOf(jobId)}
      group by outcome, reached`.execute(this.database);
    const counts = new Map<Outcome, number>();
    for (const { count, ...row } of rows) {
      const outcome = outcomeIn(status, row);
      counts.set(outcome, (counts.get(outcome) ?? 0) + count);
    }
    return Object.fromEntries(counts);
  }

  /** A page of its dead letters, in the job's order. */
  async items({ jobId, status }: JobFacts, after: number, limit: number): Promise<JobItem[]> {
    const { rows } = await sql<ItemRow>`
      select position::integer, dead_letter_id, outcome, reached, refusal from ${itemsOf(jobId)}
      where position > ${after} order by position limit ${limit}`.execute(this.database);
    return rows.map((row) => ({
      position: row.position,
      deadLetterId: row.dead_letter_id,
      outcome: outcomeIn(status, row),
      ...(row.refusal !== null && { refusal: row.refusal }),
    }));
  }
}

// The canary comes first, and then a portion of as many as the rate with each step.
const itemsOf = (jobId: string) => sql`(
  select listed.position, listed.dead_letter_id, item.outcome, item.refusal,
         listed.position <= 1 + job.step * job.rate as reached
  from read_model.redrive_jobs job
  cross join lateral jsonb_array_elements_text(job.dead_letter_ids)
    with ordinality as listed(dead_letter_id, position)
  left join read_model.redrive_job_items item
    on item.job_id = job.job_id and item.dead_letter_id = listed.dead_letter_id
  where job.job_id = ${jobId}
) as items`;

/** What nothing was heard of waits, or was left out if its job ended before it came to it. */
function outcomeIn(status: Status, { outcome, reached }: Pick<ItemRow, 'outcome' | 'reached'>): Outcome {
  const endedEarly = status === 'halted' || status === 'cancelled';
  return outcome ?? (endedEarly && !reached ? 'left out' : 'waiting');
}

const factsOf = (row: Selectable<RedriveJobsTable>): JobFacts => ({
  jobId: row.job_id,
  status: row.status,
  group: row.group,
  operator: row.operator,
  reason: row.reason,
  rate: row.rate,
  force: row.force,
  startedAt: row.started_at.toISOString(),
  ...(row.ended_at && {
    ended: {
      at: row.ended_at.toISOString(),
      ...(row.ended_by !== null && { operator: row.ended_by }),
      ...(row.end_reason !== null && { reason: row.end_reason }),
    },
  }),
  total: row.dead_letter_ids.length,
});
