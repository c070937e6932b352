import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RawServerDefault } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { malformed } from '../problem/problem.ts';
import { illFormedIn } from './well-formed.ts';

/** Bodies are JSON in UTF-8 (RFC 8259, 8.1), and every text in them can be kept as it is. Others are answered with 400. */
export function readJson(app: NestFastifyApplication): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser<RawServerDefault>('application/json', {}, (request, body, done) => {
    if (!isUtf8(body)) return done(malformed('The body is not UTF-8'));
    return parse(request, body.toString(), (error, value) => done(error ?? refusal(value), value));
  });
}

function refusal(value: unknown) {
  const path = illFormedIn(value);
  if (path === undefined) return null;
  const message = 'has half of a surrogate pair, which is no text';
  return malformed(path ? `${path}: ${message}` : `The body ${message}`, {
    errors: [{ field: path, message }],
  });
}
