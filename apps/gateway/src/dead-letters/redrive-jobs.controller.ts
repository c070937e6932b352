import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, callerHeaders } from '../http/caller.ts';
import { idOf } from '../http/uuid.ts';
import { Operation } from '../openapi/operation.ts';
import { type DecisionRequest, decisionRequest } from './letters/dead-letter.schema.ts';
import * as docs from './dead-letters.docs.ts';
import { OperatorGuard } from '../operators/operator.guard.ts';
import { FromOperator } from '../operators/operator.ts';
import { RedriveJobQueries } from './jobs/redrive-job.queries.ts';
import {
  type CancelledJob,
  type JobItemsFilter,
  jobItemsFilter,
  type RedriveJob,
} from './jobs/redrive-job.schema.ts';
import { RedriveJobs } from './jobs/redrive-jobs.ts';

const aJob = idOf('redrive job');

@ApiTags('operators')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/redrive-jobs')
export class RedriveJobsController {
  constructor(
    private readonly jobs: RedriveJobs,
    private readonly queries: RedriveJobQueries,
  ) {}

  @Get(':jobId')
  @Operation(docs.getJob)
  async get(
    @Param('jobId', aJob) jobId: string,
    @Query({ schema: jobItemsFilter }) { limit, cursor: after = 0 }: JobItemsFilter,
  ): Promise<RedriveJob> {
    const job = await this.jobs.get(jobId);
    const [counts, found] = await Promise.all([
      this.queries.counts(job),
      this.queries.items(job, after, limit + 1),
    ]);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const items = page.map(({ position: _, ...item }) => item);
    return { ...job, counts, items, next: last ? String(last.position) : null };
  }

  @Post(':jobId/cancel')
  @HttpCode(202)
  @Operation(docs.cancelJob)
  async cancel(
    @Param('jobId', aJob) jobId: string,
    @Body({ schema: decisionRequest }) body: DecisionRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CancelledJob> {
    const answer = await this.jobs.cancel(jobId, body, caller);
    reply.headers({ Location: `/v1/redrive-jobs/${jobId}`, ...callerHeaders(caller) });
    return answer;
  }
}
