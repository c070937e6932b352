import { PublishError } from '@atelier/eventing';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { malformed, Problem, unavailable } from './problem.ts';

/** What the client is told about an error: the only place where errors become HTTP. Nothing internal is told. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof PublishError) return publishProblem(error);
  if (isDatabaseOutage(error)) return unavailable('The read model does not answer', error);
  if (error instanceof HttpException) return httpProblem(error);
  return new Problem(500, 'internal-server-error', 'Something went wrong here; it was noted', {
    cause: error,
  });
}

function publishProblem(error: PublishError): Problem {
  if (!error.retryable) {
    return new Problem(500, 'not-accepted', 'The command was not accepted', { cause: error });
  }
  return error.outcome === 'unknown'
    ? unavailable(
        'Whether the command was accepted is unknown: repeat it with the same Idempotency-Key',
        error,
      )
    : unavailable('Commands are not accepted at the moment', error);
}

function httpProblem(error: HttpException): Problem {
  const status = error.getStatus();
  if (status === 400) return malformed(error.message);
  const title = STATUS_CODES[status] ?? 'Error';
  const code = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return new Problem(status, code, status < 500 ? error.message : title, { cause: error });
}

/** SQLSTATE classes of a server that is away, starting, stopping, full, or out of connections. */
const outageStates = /^(08|53|57P)/;
const outageCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** The driver gives these no code. */
const outageMessages =
  /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error)/;

/** Whether the database was not reached, as opposed to a query that is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code = '', message = '', errors = [] } = error as Partial<AggregateError & { code: unknown }>;
  if (errors.some(isDatabaseOutage)) return true;
  return outageCodes.has(String(code)) || outageStates.test(String(code)) || outageMessages.test(message);
}
