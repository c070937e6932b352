import { projections } from '@atelier/contracts';
import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Operation } from '../openapi/operation.ts';
import { OperatorGuard } from '../operators/operator.guard.ts';
import { notFound } from '../problem/problem.ts';
import type { Projection, ProjectionList } from './projection.schema.ts';
import { ProjectionReader } from './projection-reader.ts';
import * as docs from './projections.docs.ts';

@ApiTags('operators')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/projections')
export class ProjectionsController {
  constructor(private readonly reader: ProjectionReader) {}

  @Get()
  @Operation(docs.list)
  async list(): Promise<ProjectionList> {
    return { items: await this.reader.read(Object.values(projections)) };
  }

  @Get(':projection')
  @Operation(docs.get)
  async get(@Param('projection') wanted: string): Promise<Projection> {
    const named = Object.values(projections).filter(({ name }) => name === wanted);
    const [projection] = await this.reader.read(named);
    if (!projection) throw notFound(`projection ${wanted}`);
    return projection;
  }
}
