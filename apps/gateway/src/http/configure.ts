import { StandardSchemaValidationPipe, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serveDocument } from '../openapi/document.ts';
import { malformed } from '../problem/problem.ts';
import { stringifyExactly } from './exact-json.ts';
import { invalid } from './invalid.ts';
import { KnownRoutes } from './known-routes.ts';

/** Options of the HTTP server. */
export const httpOptions = {
  bodyLimit: 256 * 1024,
  routerOptions: { maxParamLength: 256 },
  frameworkErrors: malformedPath,
};

/** Such a path reaches neither a route nor a filter. */
function malformedPath(_error: unknown, _request: unknown, reply: unknown): void {
  const { status, body } = malformed('The path is malformed');
  const answer = reply as FastifyReply;
  void answer.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/** What holds for every call, in the service and in its specs. */
export function configureHttp(app: NestFastifyApplication): void {
  app.get(KnownRoutes).listen(app);
  const http = app.getHttpAdapter().getInstance();
  http.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
    refuseOtherThanJson(request);
  });
  http.setReplySerializer(stringifyExactly);
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalid }));
  serveDocument(app);
}

/** The server would take text and forms, too. */
function refuseOtherThanJson({ headers, is404 }: FastifyRequest): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody || is404) return;
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new UnsupportedMediaTypeException('Bodies are application/json');
  }
}
