import { stringifyExactly } from '@atelier/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serveDocument } from '../openapi/document.ts';
import { malformed } from '../problem/problem.ts';
import { isToken } from './caller.ts';
import { readJson } from './json-body.ts';
import { KnownRoutes } from './known-routes.ts';
import { refuseOtherThanJson } from './media-type.ts';
import { parseQuery, refuseIllFormedQuery } from './query.ts';
import { answerUnparsed, headLimit } from './unparsed.ts';
import { ValidationPipe } from './validation.ts';

/** Options of the HTTP server. */
export const httpOptions = {
  bodyLimit: 256 * 1024,
  // A query that is too long is then told what is wrong with it.
  // Without a Host it is refused below: Node would send no problem.
  http: { maxHeaderSize: headLimit, requireHostHeader: false },
  routerOptions: { maxParamLength: 256, querystringParser: parseQuery },
  frameworkErrors: malformedPath,
};

/** Such a path reaches neither a route nor a filter. */
function malformedPath(_error: unknown, request: unknown, reply: unknown): void {
  const { status, body } = malformed('The path is malformed');
  const answer = reply as FastifyReply;
  answer.headers(usualHeaders(request as FastifyRequest));
  void answer.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/** What holds for every call, in the service and in its specs. */
export function configureHttp(app: NestFastifyApplication): void {
  const routes = app.get(KnownRoutes);
  routes.listen(app);
  answerUnparsed(app, routes);
  readJson(app);
  const http = app.getHttpAdapter().getInstance();
  http.addHook('onRequest', async (request, reply) => {
    reply.headers(usualHeaders(request));
    const { method, url, is404 } = request;
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
      throw malformed('The request has no Host', { header: 'Host' });
    if (is404 || routes.lacks(method, url)) throw routes.refusal(method, url);
    refuseIllFormedQuery(request);
    refuseOtherThanJson(request.headers);
  });
  http.setReplySerializer(stringifyExactly);
  app.useGlobalPipes(new ValidationPipe());
  serveDocument(app);
}

/** Errors have them, too: a client that is told to repeat needs its key. */
function usualHeaders({ headers }: FastifyRequest) {
  const key = headers['idempotency-key'];
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ...(isToken(key) && { 'Idempotency-Key': key }),
  };
}
