import { stringifyExactly } from '@atelier/contracts';
import { loggedFields } from '@atelier/eventing/domain';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Injectable,
  Logger,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KnownRoutes } from '../http/known-routes.ts';
import { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Answers every error as a problem. What is our fault is logged whole, and told to nobody. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly routes: KnownRoutes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problem(error, request);
    if (problem.status >= 500) this.log(problem, request);
    if (reply.sent || reply.raw.headersSent) return;
    reply
      .status(problem.status)
      .headers({ ...problem.headers, 'Content-Type': 'application/problem+json; charset=utf-8' })
      .send(stringifyExactly(problem.body));
  }

  /** The router says 404 to a method that the path does not have, too. */
  private problem(error: unknown, { method, url }: FastifyRequest): Problem {
    if (!(error instanceof HttpException) || error.getStatus() !== 404) return problemOf(error);
    return this.routes.refusal(method, url);
  }

  private log(problem: Problem, { method, url }: FastifyRequest): void {
    const what = `${method} ${url}: ${problem.message}`;
    const cause = problem.cause instanceof Error ? problem.cause : undefined;
    if (problem.status === 500) this.logger.error(what, cause);
    else this.logger.warn(cause ? `${what} (${cause.message})` : what, ...loggedFields(cause));
  }
}
