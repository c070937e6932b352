import { z } from 'zod';
import { moment, number32 } from '../http/fields.ts';

/** Which state of an aggregate is asked for: that of a version, or that of a time in milliseconds since 1970-01-01 UTC. */
export type Moment = { readonly version: number } | { readonly at: number };

/** In a query: the present, unless one of both is given. */
export const momentQuery = z
  .strictObject({
    version: number32
      .optional()
      .describe(
        'As it was after this event of its history, from 1; 404 says which there are. The body is another',
      ),
    at: moment
      .optional()
      .describe('As it was at this time (RFC 3339); one that has not come yet is now. The body is another'),
  })
  .refine(({ version, at }) => version === undefined || at === undefined, {
    message: 'give either version or at, not both',
    path: ['at'],
  });
export type MomentQuery = z.infer<typeof momentQuery>;

export function momentOf({ version, at }: MomentQuery): Moment | undefined {
  if (version !== undefined) return { version };
  return at === undefined ? undefined : { at };
}
