import { z } from 'zod';
import { malformed } from '../problem/problem.ts';

/** Where a page ended, by the keys that the list is ordered by: the next page begins after it. Opaque to clients. */
export const cursorOf = (...keys: readonly string[]) =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/**
 * The keys of a list that is ordered by time, and by id among those of one moment: a time as `toISOString` writes it, in a year
 * that Postgres has.
 */
export const keysByTime = z.tuple([
  z.iso.datetime({ precision: 3 }).refine((time) => !time.startsWith('0000')),
  z.string().max(64),
]);

export function keysOf<Keys>(cursor: string, schema: z.ZodType<Keys>): Keys {
  const { success, data } = schema.safeParse(parsed(cursor));
  if (!success || hasNul(data)) {
    const message = 'not one that was given out here';
    throw malformed(`cursor: ${message}`, { errors: [{ field: 'cursor', message }] });
  }
  return data;
}

/** Postgres takes no text with a zero in it. */
const hasNul = (keys: unknown) => JSON.stringify(keys).includes('\\u0000');

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
