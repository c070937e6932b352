import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RawServerDefault } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { malformed } from '../problem/problem.ts';
import { illFormedIn } from './well-formed.ts';

/**
 * Bodies are JSON in UTF-8 (RFC 8259, 8.1), every text in them can be kept as it is, and a schema sees every member. Others are
 * answered with 400.
 */
export function readJson(app: NestFastifyApplication): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'ignore');
  app.useBodyParser<RawServerDefault>('application/json', {}, (request, body, done) => {
    if (!isUtf8(body)) return done(malformed('The body is not UTF-8'));
    const text = body.toString();
    return parse(request, text, (error, value) => done(error ? whyNot(text, error) : refusal(value), value));
  });
}

/** The parser calls JSON invalid, too, that has a member `__proto__`. */
function whyNot(text: string, error: Error): Error {
  try {
    JSON.parse(text);
  } catch {
    return error;
  }
  return malformed('The body has a member __proto__, which is unknown here');
}

function refusal(value: unknown) {
  const path = illFormedIn(value);
  if (path === undefined) return null;
  const message = 'has half of a surrogate pair, which is no text';
  return malformed(path ? `${path}: ${message}` : `The body ${message}`, {
    errors: [{ field: path, message }],
  });
}
