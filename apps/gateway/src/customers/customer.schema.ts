import { z } from 'zod';
import { instant, plainText, stale, sum } from '../http/fields.ts';

export const customerParams = z.object({ customerId: plainText(128) });
export type CustomerParams = z.infer<typeof customerParams>;

export const customerSummary = z
  .object({
    customerId: z.string(),
    orders: z.object({
      placed: z.int().describe('All of them'),
      pending: z.int(),
      confirmed: z.int(),
      rejected: z.int(),
      cancelled: z.int(),
    }),
    spent: z.array(sum).describe('What the confirmed orders came to, by currency'),
    firstAt: instant.optional().describe('When the first order was placed'),
    lastAt: instant.optional().describe('When an order was placed or settled last'),
    stale,
  })
  .meta({ id: 'CustomerSummary' });
export type CustomerSummary = z.infer<typeof customerSummary>;
