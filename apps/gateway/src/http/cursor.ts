import { z } from 'zod';
import { malformed } from '../problem/problem.ts';

/** Where a page ended, by the keys that the list is ordered by: the next page begins after it. Opaque to clients. */
export const cursorOf = (...keys: readonly string[]) =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/** A place in a topic, whose name may have 249 characters, and a producer's id. */
const longestId = 300;

/**
 * The keys of a list that is ordered by time, and by id among those of one moment: a time as `toISOString` writes it, in a year
 * that Postgres has, and an id of any list.
 */
export const keysByTime = z.tuple([
  z.iso.datetime({ precision: 3 }).refine((time) => !time.startsWith('0000')),
  z.string().max(longestId),
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
