import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Patience } from '../commands/answers.ts';
import { malformed } from '../problem/problem.ts';
import { preferredWait } from './prefer.ts';

/** Who asks, how often, and how long they would wait: what the headers say. */
export interface Caller {
  readonly client: string;
  /** The Idempotency-Key, or one that was made here. */
  readonly key: string;
  readonly keyWasGiven: boolean;
  /** Seconds, if the client would rather wait for the outcome. */
  readonly wait: number | undefined;
  readonly traceparent: string | undefined;
  /** Fires when the connection is closed. */
  readonly gone: AbortSignal;
}

const answerMs = 2_000;

/** Deciders answer in milliseconds: this long a client waits for the answer, and shorter only if it wants to. */
export const answerPatience = ({ wait, gone }: Caller): Patience => ({
  ms: wait ? Math.min(wait * 1_000, answerMs) : answerMs,
  gone,
});

/** The headers that say how the request was understood. */
export const callerHeaders = ({ wait }: Caller) => ({
  ...(wait !== undefined && { 'Preference-Applied': `wait=${wait}` }),
});

export const FromCaller = createParamDecorator((_: unknown, context: ExecutionContext) => callerOf(context));

export function callerOf(context: ExecutionContext): Caller {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const given = token('Idempotency-Key', headers['idempotency-key']);
  const key = given ?? randomUUID();
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  // Now, so that errors have it too: a client that is told to repeat needs its key.
  reply.header('Idempotency-Key', key);
  return {
    client: token('X-Client-Id', headers['x-client-id']) ?? 'anonymous',
    key,
    keyWasGiven: given !== undefined,
    wait: preferredWait(text(headers['prefer'])),
    traceparent: traceContext(text(headers['traceparent'])),
    gone: closing(reply),
  };
}

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(', ') : value);

function token(name: string, header: string | string[] | undefined): string | undefined {
  const value = text(header);
  if (value !== undefined && !/^[!-~]{1,255}$/.test(value)) {
    throw malformed(`${name} must be 1 to 255 visible ASCII characters`, { header: name });
  }
  return value;
}

const traceContext = (value: string | undefined) =>
  value && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(value) ? value : undefined;

/** Fires when the connection is closed: by the client, or because all was said. */
export function closing(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  reply.raw.once('close', () => closed.abort());
  return closed.signal;
}
