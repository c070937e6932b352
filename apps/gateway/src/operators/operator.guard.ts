import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { readHeader } from '../http/header-grammar.ts';
import { Problem } from '../problem/problem.ts';
import { OPERATORS_CONFIG, type OperatorsConfig } from './operators.config.ts';

/** Lets operators in: who has the token (RFC 6750), or anybody where the routes are open. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(@Inject(OPERATORS_CONFIG) private readonly config: OperatorsConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const { token, open } = this.config;
    if (token === undefined && !open) throw closed();
    if (token !== undefined && !hasToken(headers.authorization, token)) throw unauthorized();
    return true;
  }
}

export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = readHeader('Authorization', authorization);
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Of one length, whatever was given: the comparison takes the same time for any. */
const digest = (text: string) => createHash('sha256').update(text).digest();

const unauthorized = () =>
  new Problem(401, 'unauthorized', "Operators' requests need the header Authorization: Bearer <token>", {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });

const closed = () =>
  new Problem(
    403,
    'operators-routes-closed',
    "The operators' routes are closed, and are opened where the gateway is started: with OPERATOR_TOKEN, which is then given as bearer token, or with OPERATORS=open for everybody who reaches it",
  );
