import { z } from 'zod';

/**
 * Text as people write it, without control characters: Postgres cannot store all of them, and none belongs
 * into a mail header.
 */
export const plainText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

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
