import { z } from 'zod';

/**
 * Text as people write it, without control characters: Postgres cannot store all of them, and none belongs
 * into a mail header. Characters are counted as JSON Schema does, not as UTF-16 does.
 */
export const plainText = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(String.raw`^[^\x00-\x1f\x7f-\x9f]{1,${longest}}$`, 'u'),
      `must be 1 to ${longest} characters, none of them a control character`,
    )
    .meta({ minLength: 1, maxLength: longest });

const message = (most: number) => `must be a number from 1 to ${most}`;

/** How many entries a page has at most, as a query says it: in decimal digits. */
export const limit = (most: number, usual: number) =>
  z
    .preprocess(
      (text) => (typeof text === 'string' && /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : text),
      z.int(message(most)).min(1, message(most)).max(most, message(most)),
    )
    .default(usual);

export const sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit',
  )
  .meta({ id: 'Sku', examples: ['TEAPOT-BLUE'] });

/** Bounded so that an order of 50 lines of 1,000 pieces is still an exact JSON number. */
export const money = z
  .strictObject({
    amount: z.int().min(0).max(100_000_000_000).describe('Minor units: cents, say'),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
  })
  .meta({ id: 'Money', examples: [{ amount: 450, currency: 'EUR' }] });

export const instant = z.iso.datetime();

export const stale = z
  .literal(true)
  .optional()
  .describe(
    'Only when it is: an event of it could not be shown, and later ones wait until an operator has decided',
  );
