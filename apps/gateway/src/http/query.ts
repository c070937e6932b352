import type { FastifyRequest } from 'fastify';
import { malformed } from '../problem/problem.ts';

/**
 * Refuses a query whose percent-encoding is not of UTF-8, and the one name that no schema would ever see. Node refuses what has to
 * be percent-encoded and is not, and the router a path that it cannot decode.
 */
export function refuseIllFormedQuery({ url, query }: FastifyRequest): void {
  try {
    decodeURIComponent(url);
  } catch {
    throw malformed('The query is not percent-encoded UTF-8');
  }
  const field = '__proto__';
  if (!Object.hasOwn(query as object, field)) return;
  const message = 'Unknown here';
  throw malformed(`${field}: ${message}`, { errors: [{ field, message }] });
}

/** A query's parameters, each as a text, or as a list of them when it stands more than once. */
export function parseQuery(query: string): Record<string, string | string[]> {
  // Without a prototype, `__proto__` is a name like any other.
  const parameters = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters[name];
    if (before === undefined) parameters[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else parameters[name] = [before, value];
  }
  return parameters;
}
