import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, callerHeaders } from '../http/caller.ts';
import { cursorAtTime } from '../http/cursor.ts';
import { idOf } from '../http/uuid.ts';
import { Operation } from '../openapi/operation.ts';
import { DeadLetterGroupsQueries } from './letters/dead-letter-groups.queries.ts';
import { DeadLetterReader } from './dead-letter-reader.ts';
import { DeadLetterQueries } from './letters/dead-letter.queries.ts';
import {
  type DeadLetterDetails,
  type DeadLetterFilter,
  deadLetterFilter,
  type DeadLetterGroups,
  type DeadLetterPage,
  type DecisionAnswer,
  type DecisionRequest,
  decisionRequest,
  type GroupFilter,
  groupFilter,
  type RedriveAnswer,
  type RedriveRequest,
  redriveRequest,
  type Rehearsal,
} from './letters/dead-letter.schema.ts';
import * as docs from './dead-letters.docs.ts';
import { Discarding } from './discarding.ts';
import { OperatorGuard } from '../operators/operator.guard.ts';
import { FromOperator } from '../operators/operator.ts';
import { type BulkRedriveRequest, bulkRedriveRequest, type StartedJob } from './jobs/redrive-job.schema.ts';
import { RedriveJobs } from './jobs/redrive-jobs.ts';
import { Redriving } from './redriving.ts';

type Reply = FastifyReply;
const aDeadLetter = idOf('dead letter');

@ApiTags('operators')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetterQueries,
    private readonly causes: DeadLetterGroupsQueries,
    private readonly reader: DeadLetterReader,
    private readonly redriving: Redriving,
    private readonly discarding: Discarding,
    private readonly jobs: RedriveJobs,
  ) {}

  @Get()
  @Operation(docs.list)
  async list(@Query({ schema: deadLetterFilter }) filter: DeadLetterFilter): Promise<DeadLetterPage> {
    const { cursor: after, limit, ...selection } = filter;
    const found = await this.letters.list({ ...selection, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? cursorAtTime(last.failedAt, last.deadLetterId) : null };
  }

  @Get('groups')
  @Operation(docs.groups)
  groups(@Query({ schema: groupFilter }) filter: GroupFilter): Promise<DeadLetterGroups> {
    return this.causes.list(filter);
  }

  @Get(':deadLetterId')
  @Operation(docs.get)
  get(@Param('deadLetterId', aDeadLetter) deadLetterId: string): Promise<DeadLetterDetails> {
    return this.reader.details(deadLetterId);
  }

  @Post('redrive')
  @HttpCode(202)
  @Operation(docs.redriveMany)
  async redriveMany(
    @Body({ schema: bulkRedriveRequest }) body: BulkRedriveRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StartedJob> {
    const job = await this.jobs.start(body, caller);
    reply.headers({ Location: `/v1/redrive-jobs/${job.jobId}`, ...callerHeaders(caller) });
    return job;
  }

  @Post(':deadLetterId/redrive')
  @HttpCode(202)
  @Operation(docs.redrive)
  async redrive(
    @Param('deadLetterId', aDeadLetter) deadLetterId: string,
    @Body({ schema: redriveRequest }) body: RedriveRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<RedriveAnswer | Rehearsal> {
    if (body.dryRun) {
      const rehearsal = await this.redriving.rehearse(deadLetterId, body);
      reply.status(200);
      return rehearsal;
    }
    const answer = await this.redriving.redrive(deadLetterId, body, caller);
    reply.headers(headersFor(deadLetterId, caller));
    return answer;
  }

  @Post(':deadLetterId/discard')
  @HttpCode(202)
  @Operation(docs.discard)
  async discard(
    @Param('deadLetterId', aDeadLetter) deadLetterId: string,
    @Body({ schema: decisionRequest }) body: DecisionRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<DecisionAnswer> {
    const answer = await this.discarding.discard(deadLetterId, body, caller);
    reply.headers(headersFor(deadLetterId, caller));
    return answer;
  }

  @Post(':deadLetterId/restore')
  @HttpCode(202)
  @Operation(docs.restore)
  async restore(
    @Param('deadLetterId', aDeadLetter) deadLetterId: string,
    @Body({ schema: decisionRequest }) body: DecisionRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<DecisionAnswer> {
    const answer = await this.discarding.restore(deadLetterId, body, caller);
    reply.headers(headersFor(deadLetterId, caller));
    return answer;
  }
}

const headersFor = (deadLetterId: string, caller: Caller) => ({
  Location: `/v1/dead-letters/${deadLetterId}`,
  ...callerHeaders(caller),
});
