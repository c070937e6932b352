import { z } from 'zod';
import { malformed } from '../problem/problem.ts';

/** Where a page ended, by the keys that the list is ordered by: the next page begins after it. Opaque to clients. */
export const cursorOf = (...keys: readonly string[]) =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

export function keysOf<Keys>(cursor: string, schema: z.ZodType<Keys>): Keys {
  const { success, data } = schema.safeParse(parsed(cursor));
  if (!success) throw malformed('cursor: not one that was given out here', { errors: [{ field: 'cursor' }] });
  return data;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
