import { readFile } from 'node:fs/promises';
import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { notFound } from '../problem/problem.ts';

/**
 * The page has no script and no style but its own, and sends nothing anywhere. The renderer compiles schemas to functions, which
 * `unsafe-eval` allows: without it browsers show nothing.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const json = 'application/json; charset=utf-8';
const script = 'text/javascript; charset=utf-8';

/** What the page asks for. The build makes what is not in the sources (`build-page.mjs`). */
const parts = new Map([
  ['page.mjs', script],
  ['parsed.json', json],
  ['renderer.css', 'text/css; charset=utf-8'],
  ['renderer.js', script],
]);

/** What the services tell each other: an AsyncAPI document, which `npm run docs:events` has written, and a page of it. */
@ApiExcludeController()
@Controller()
export class AsyncApiController {
  @Get('asyncapi.json')
  @Header('Content-Type', json)
  document(): Promise<Buffer> {
    return fileBeside('asyncapi.json');
  }

  @Get('asyncapi')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', policy)
  page(): Promise<Buffer> {
    return fileBeside('page.html');
  }

  @Get('asyncapi/:part')
  async part(@Param('part') name: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const type = parts.get(name);
    if (type === undefined) throw notFound(`part ${name} of the page`);
    const content = await fileBeside(name);
    reply.type(type);
    return content;
  }
}

const fileBeside = (name: string) => readFile(new URL(name, import.meta.url));
