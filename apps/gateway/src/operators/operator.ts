import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { type Caller, callerOf } from '../http/caller.ts';
import { operatorPattern } from '../http/patterns.ts';
import { malformed } from '../problem/problem.ts';

const operatorName = new RegExp(operatorPattern, 'u');

/** A caller that decides something, under a name that stays with the decision. Its Idempotency-Keys are its own. */
export const FromOperator = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const caller = callerOf(context);
  return { ...caller, client: operatorOf(headers['x-operator']) };
});

/** The name in X-Operator. Node reads headers as Latin-1, which browsers send; most others send UTF-8. */
export function operatorOf(header: string | string[] | undefined): string {
  const latin1 = String(header ?? '');
  const bytes = Buffer.from(latin1, 'latin1');
  const name = isUtf8(bytes) ? bytes.toString() : latin1;
  if (!operatorName.test(name)) {
    throw malformed('X-Operator must say who you are, in 1 to 100 characters that can be seen', {
      header: 'X-Operator',
    });
  }
  return name;
}
