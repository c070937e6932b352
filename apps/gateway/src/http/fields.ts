import { CURRENCIES, LARGEST_AMOUNT } from '@atelier/contracts';
import { z } from 'zod';
import { instantPattern, int32Pattern, int64Pattern, textPattern, topicPattern } from './patterns.ts';

/**
 * Text as people write it, without control characters: Postgres cannot store all of them, and none belongs
 * into a mail header. Characters are counted as JSON Schema does, not as UTF-16 does.
 */
export const plainText = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(textPattern(longest), 'u'),
      `must be 1 to ${longest} characters, none of them a control character`,
    )
    .meta({ minLength: 1, maxLength: longest });

const limitExpected = (most: number) => `must be a number from 1 to ${most}`;

/** How many entries a page has at most, as a query says it: in decimal digits. */
export const limit = (most: number, usual: number) =>
  z
    .preprocess(
      (text) => (typeof text === 'string' && /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : text),
      z.int(limitExpected(most)).min(1, limitExpected(most)).max(most, limitExpected(most)),
    )
    .default(usual);

export const sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit',
  )
  .meta({ id: 'Sku', examples: ['TEAPOT-BLUE'] });

/** What is wrong with an amount of money, or with its currency, that comes from outside. */
export const amountExpected = `must be a whole number of minor units from 0 to ${LARGEST_AMOUNT}`;
export const currencyExpected = 'must be a currency of ISO 4217 that has a minor unit, in capitals, like EUR';

/** Says what was expected of what is there; what is missing is said to be required. */
const says = (expected: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? undefined : expected),
});

/** Money as it may come in. */
export const price = z
  .strictObject({
    // Ends at LARGEST_AMOUNT by itself.
    amount: z
      .int(says(amountExpected))
      .min(0, amountExpected)
      .describe(
        'Minor units of ISO 4217: 450 EUR is 4.50 euros, 450 JPY is 450 yen, 450 HUF is 4.50 forints',
      ),
    currency: z.enum(CURRENCIES, says(currencyExpected)),
  })
  .meta({ id: 'Price', examples: [{ amount: 450, currency: 'EUR' }] });

/** A whole number in a path. */
export const number64 = z
  .string()
  .regex(new RegExp(int64Pattern, 'u'), 'must be a number from 0 to 9223372036854775807')
  .transform(BigInt);
export const number32 = z
  .string()
  .regex(new RegExp(int32Pattern, 'u'), 'must be a number from 0 to 2147483647')
  .transform(Number);

/** A moment in a query, in milliseconds since 1970-01-01 UTC: what is finer is cut off, as the log does not know it. */
export const moment = z
  .string()
  .regex(
    new RegExp(instantPattern, 'u'),
    'must be a time of RFC 3339, like 2026-11-30T12:00:00Z; a + in it has to be sent as %2B',
  )
  .transform((text) => Date.parse(text.toUpperCase()));

export const topicName = z
  .string()
  .regex(new RegExp(topicPattern, 'u'), 'must be the name of a topic: 1 to 249 characters');

/** A whole number from the log or the read model: in JSON with all its digits, however many. */
export const int64 = z.int64();

/** Money as it is shown, whatever is in the log. */
export const money = z
  .object({
    amount: int64.describe(
      `Minor units. With all digits: what was in the log before there was a limit may be beyond ${LARGEST_AMOUNT}, which a floating-point number does not hold exactly`,
    ),
    currency: z.string(),
  })
  .meta({ id: 'Money', examples: [{ amount: 450, currency: 'EUR' }] });

/** What amounts add up to, which may be more than any of them may be. */
export const sum = z
  .object({
    amount: z.bigint().describe('Minor units, with all digits'),
    currency: z.string(),
  })
  .meta({ id: 'Sum', examples: [{ amount: 450, currency: 'EUR' }] });

export const instant = z.iso.datetime();

export const stale = z
  .literal(true)
  .optional()
  .describe(
    'Only when it is: an event of it could not be shown, and later ones wait until an operator has decided',
  );
