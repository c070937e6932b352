import type { Violation } from '../harness/checks/violation.ts';
import { group } from './letters.ts';
import { Operator } from './operator.ts';

export interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** How many dead letters of the group have which status. */
export async function statuses(operator: Operator): Promise<Record<string, number>> {
  const causes = await operator.get<readonly { byStatus: Record<string, number> }[]>(
    `/v1/dead-letters/groups?group=${group}&all=true`,
  );
  const sums: Record<string, number> = {};
  for (const { byStatus } of causes)
    for (const [status, count] of Object.entries(byStatus)) sums[status] = (sums[status] ?? 0) + count;
  return sums;
}

/** Ids of dead letters that nobody has decided about, at most 100. */
export async function openLetters(operator: Operator): Promise<string[]> {
  const path = `/v1/dead-letters?group=${group}&status=open&limit=100`;
  const { items } = await operator.get<{ items: readonly { deadLetterId: string }[] }>(path);
  return items.map(({ deadLetterId }) => deadLetterId);
}

/** Starts a job with two clicks at once, which are one job. Answers its id. */
export async function startJob(operator: Operator, key: string, rate: number): Promise<string> {
  const body = { group, reason: 'the mail server is well again', limit: 10_000, rate };
  const answers = await Promise.all([0, 1].map(() => operator.post('/v1/dead-letters/redrive', key, body)));
  const ids = new Set(answers.map(({ status, body }) => (status === 202 ? body['jobId'] : undefined)));
  const [jobId] = ids;
  if (ids.size === 1 && typeof jobId === 'string') return jobId;
  throw new Error(`Two clicks on one job were answered ${JSON.stringify(answers)}`);
}

export const readJob = (operator: Operator, jobId: string) =>
  operator.get<Job>(`/v1/redrive-jobs/${jobId}?limit=1`);

/** What a job must say when all its dead letters are handled. */
export function unfinished({ jobId: job, status, total, counts }: Job): Violation[] {
  const fits = status === 'finished' && total > 0 && counts['handled'] === total;
  return fits ? [] : [{ kind: 'job-unfinished', job, status, counts, total }];
}
