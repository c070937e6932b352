import { CancelRedriveJob, commandId, StartRedriveJob } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../http/caller.ts';
import { notFound, Problem } from '../../problem/problem.ts';
import { Barrier, redriveJobPipeline } from '../../read-model/barrier.ts';
import { DeadLetterQueries, type RedriveSelection } from '../letters/dead-letter.queries.ts';
import type { DecisionRequest } from '../letters/dead-letter.schema.ts';
import { Decisions } from '../../operators/decisions.ts';
import { oldestWithoutForce } from '../letters/predicted-refusal.ts';
import { RedriveJobQueries } from './redrive-job.queries.ts';
import type { BulkRedriveRequest, CancelledJob, StartedJob } from './redrive-job.schema.ts';

/** Redrives of many dead letters, at a rate. */
@Injectable()
export class RedriveJobs {
  constructor(
    private readonly letters: DeadLetterQueries,
    private readonly jobs: RedriveJobQueries,
    private readonly decisions: Decisions,
    private readonly barrier: Barrier,
  ) {}

  async start(body: BulkRedriveRequest, caller: Caller): Promise<StartedJob> {
    const { group, reason, rate, force } = body;
    const jobId = commandId(`operator ${caller.client}`, `redrive job ${caller.key}`);
    const request = { action: 'start', id: jobId, what: `redrive job ${jobId}`, body } as const;
    const answer = await this.decisions.ask(StartRedriveJob, request, caller, async () => {
      const deadLetterIds = await this.letters.toRedrive(selectionOf(body, Date.now()));
      if (deadLetterIds.length === 0) throw nothingToRedrive(body);
      return { jobId, group, operator: caller.client, reason, rate, force, deadLetterIds };
    });
    if (!answer) return { jobId, status: 'accepted' };
    return { jobId, status: 'running', total: answer.data.deadLetterIds.length };
  }

  async cancel(jobId: string, { reason }: DecisionRequest, caller: Caller): Promise<CancelledJob> {
    const request = {
      action: 'cancellation',
      id: jobId,
      what: `redrive job ${jobId}`,
      body: { reason },
    } as const;
    const answer = await this.decisions.ask(CancelRedriveJob, request, caller, async () => {
      await this.get(jobId);
      return { jobId, operator: caller.client, reason };
    });
    if (!answer) return { jobId, status: 'accepted' };
    return { jobId, status: 'cancelled', left: answer.data.left };
  }

  /** One that was started before the call is never said to be unknown. */
  async get(jobId: string) {
    const known = await this.jobs.find(jobId);
    if (known) return known;
    await this.barrier.caughtUp(redriveJobPipeline, [jobId]);
    const job = await this.jobs.find(jobId);
    if (!job) throw notFound(`redrive job ${jobId}`);
    return job;
  }
}

/** Without force, those that need it are left out: the first refusal would halt the job. */
function selectionOf(
  { group, fingerprint, limit, force }: BulkRedriveRequest,
  now: number,
): RedriveSelection {
  const statuses = ['open', 'failed again', ...(force ? (['parked'] as const) : [])] as const;
  return { group, fingerprint, limit, statuses, failedSince: force ? undefined : oldestWithoutForce(now) };
}

const nothingToRedrive = ({ group, force }: BulkRedriveRequest) =>
  new Problem(
    409,
    'nothing-to-redrive',
    `${group} has no dead letters that could be redriven${force ? '' : ' without "force": true'}. GET /v1/dead-letters/groups names the groups that have some`,
    { extensions: { refusal: 'empty' } },
  );
