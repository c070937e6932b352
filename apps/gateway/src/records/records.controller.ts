import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { OperatorGuard } from '../operators/operator.guard.ts';
import { FromOperator } from '../operators/operator.ts';
import type { Caller } from '../http/caller.ts';
import { Operation } from '../openapi/operation.ts';
import { Ignoring } from './ignoring.ts';
import {
  type IgnoredFilter,
  ignoredFilter,
  type IgnoredPage,
  type IgnoredRecord,
  type IgnoreRequest,
  ignoreRequest,
  type PlaceParams,
  placeParams,
} from './record.schema.ts';
import * as docs from './records.docs.ts';

@ApiTags('operators')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/records')
export class RecordsController {
  constructor(private readonly ignoring: Ignoring) {}

  @Get('ignored')
  @Operation(docs.list)
  list(@Query({ schema: ignoredFilter }) filter: IgnoredFilter): Promise<IgnoredPage> {
    return this.ignoring.list(filter);
  }

  @Post(':topic/:partition/:offset/ignore')
  @HttpCode(200)
  @Operation(docs.ignore)
  ignore(
    @Param({ schema: placeParams }) place: PlaceParams,
    @Body({ schema: ignoreRequest }) body: IgnoreRequest,
    @FromOperator() { client }: Caller,
  ): Promise<IgnoredRecord> {
    return this.ignoring.ignore(place, body, client);
  }
}
