import { projectionGroup, projections } from '@atelier/contracts';
import type { GroupName } from '@atelier/eventing/domain';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { closing, textOf } from '../http/caller.ts';
import { Barrier } from './barrier.ts';
import { parseToken, placesText } from './consistency-token.ts';

/** A read model, by the name that the contracts have for it. */
export type ReadModelName = keyof typeof projections;

export const READS = 'atelier:reads';

/** Says which read model a route answers from. */
export const Reads = (name: ReadModelName) => SetMetadata(READS, projectionGroup(projections[name]));

/**
 * What every read of a read model does: it waits for the writes that the client names in `Consistency-Token`, and says in
 * `Read-Positions` up to where the answer has everything at least. Positions are read before the rows.
 */
@Injectable()
export class ConsistentReads implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly barrier: Barrier,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    const projection = this.reflector.get<GroupName | undefined>(READS, context.getHandler());
    if (projection !== undefined) {
      const http = context.switchToHttp();
      await this.prepare(projection, http.getRequest(), http.getResponse());
    }
    return next.handle();
  }

  private async prepare(projection: GroupName, { headers }: FastifyRequest, reply: FastifyReply) {
    const token = textOf(headers['consistency-token']);
    const writes = token === undefined ? [] : parseToken(token);
    const places = await this.barrier.seen(projection, writes, closing(reply));
    reply.header('Read-Positions', placesText(places));
  }
}
