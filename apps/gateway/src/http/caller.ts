import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LogPosition } from '@atelier/eventing';
import { traceparentOf } from '@atelier/eventing/serde';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { malformed } from '../problem/problem.ts';
import { tokenOf } from '../read-model/consistency-token.ts';
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
  /** Answers the client where its write is in the log: in `Consistency-Token`, the last place that is said. */
  readonly wrote: (write: LogPosition) => void;
}

/** How long a client waits, and whether it still does: one that is gone waits for nothing. */
export interface Timeout {
  readonly ms: number;
  readonly gone: AbortSignal;
}

const answerMs = 2_000;

/** Deciders answer in milliseconds: this long a client waits for the answer, and shorter only if it wants to. */
export const answerTimeout = ({ wait, gone }: Caller): Timeout => ({
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
  // Now, so that errors have it, too.
  reply.header('Idempotency-Key', key);
  return {
    client: clientOf(token('X-Client-Id', headers['x-client-id'])),
    key,
    keyWasGiven: given !== undefined,
    wait: preferredWait(textOf(headers['prefer'])),
    traceparent: traceparentOf(textOf(headers['traceparent'])),
    gone: closing(reply),
    wrote: (write) => void reply.header('Consistency-Token', tokenOf(write)),
  };
}

/** A header's value; of one that came several times all of them. */
export const textOf = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(', ') : value;

/** Those who send no X-Client-Id. Whoever calls itself so is another: no token has a space in it. */
const nobody = 'anonymous';
const clientOf = (name: string | undefined) => (name === nobody ? `client ${nobody}` : (name ?? nobody));

/**
 * What may identify a client, or a request of it: plain text without a grammar, compared as it was sent. The draft of Idempotency-Key
 * would have a quoted string; most clients send none, and quotes are characters like others.
 */
export const isToken = (header: unknown): header is string =>
  typeof header === 'string' && /^[!-~]{1,255}$/.test(header);

function token(name: string, header: string | string[] | undefined): string | undefined {
  const value = textOf(header);
  if (value === undefined || isToken(value)) return value;
  throw malformed(`${name} must be 1 to 255 visible ASCII characters`, { header: name });
}

/** Fires when the connection is closed: by the client, or because all was said. */
export function closing(reply: FastifyReply): AbortSignal {
  const closed = new AbortController();
  reply.raw.once('close', () => closed.abort());
  return closed.signal;
}
