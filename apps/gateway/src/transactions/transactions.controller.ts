import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OperatorGuard } from '../operators/operator.guard.ts';
import { FromOperator } from '../operators/operator.ts';
import { type Caller, callerHeaders } from '../http/caller.ts';
import { cursorAtTime } from '../http/cursor.ts';
import { Operation } from '../openapi/operation.ts';
import { Ending } from './ending.ts';
import { TransactionQueries } from './transaction.queries.ts';
import {
  type EndAnswer,
  type EndRequest,
  endRequest,
  type ProducerParams,
  producerParams,
  type TransactionFilter,
  transactionFilter,
  type TransactionPage,
} from './transaction.schema.ts';
import * as docs from './transactions.docs.ts';

@ApiTags('operators')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/transactions')
export class TransactionsController {
  constructor(
    private readonly transactions: TransactionQueries,
    private readonly ending: Ending,
  ) {}

  @Get()
  @Operation(docs.list)
  async list(@Query({ schema: transactionFilter }) filter: TransactionFilter): Promise<TransactionPage> {
    const { state, limit, cursor: after } = filter;
    const found = await this.transactions.list({ state, after, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last ? cursorAtTime(last.foundAt, last.transaction) : null };
  }

  @Post(':producerId/end')
  @HttpCode(202)
  @Operation(docs.end)
  async end(
    @Param({ schema: producerParams }) { producerId }: ProducerParams,
    @Body({ schema: endRequest }) body: EndRequest,
    @FromOperator() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EndAnswer> {
    const answer = await this.ending.end(producerId, body, caller);
    reply.headers({ Location: '/v1/transactions', ...callerHeaders(caller) });
    return answer;
  }
}
