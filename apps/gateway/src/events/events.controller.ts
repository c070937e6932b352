import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { closing } from '../http/caller.ts';
import { Operation } from '../openapi/operation.ts';
import { EventStream } from './event-stream.ts';
import * as docs from './events.docs.ts';
import { LogVector } from './log-vector.ts';

@Controller('v1/events')
export class EventsController {
  constructor(private readonly stream: EventStream) {}

  @Get()
  @Operation(docs.follow)
  async follow(@Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply) {
    const seen = lastEventId === undefined ? undefined : LogVector.parse(lastEventId);
    const chunks = await this.stream.open(seen, closing(reply));
    await reply
      .headers({
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      })
      .send(Readable.from(chunks, { highWaterMark: 1 }));
  }
}
