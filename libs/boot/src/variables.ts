import { parseDuration } from '@atelier/eventing/domain';
import { z } from 'zod';

// Each description completes the sentence "NAME is not set: give ..." that a wrong setting is answered with.

/** A variable that may be anything but empty. */
export const text = (what: string) => z.string().describe(what);

export const url = (protocol: RegExp, what: string) => z.url({ protocol }).describe(what);

export const port = (what: string) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535)).describe(what);

/** `host:port`, several separated by commas. */
export const addresses = (what: string) =>
  z
    .string()
    .transform((list) => list.split(',').map((address) => address.trim()))
    .pipe(z.array(z.string().regex(/^\S+:\d+$/)))
    .describe(what);

/** A duration in milliseconds, written like `500ms`, `2s` or `15m`. */
export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((written) => parseDuration(written))
    .pipe(z.number())
    .describe('a duration like 500ms, 2s, 15m, 1h or 7d');

/** One of these names, the first unless set. */
export const oneOf = <const Name extends string>(names: readonly [Name, ...Name[]], what: string) =>
  z
    .enum(names)
    .default(names[0] as never)
    .describe(`${what}: ${names.join(' or ')}`);
