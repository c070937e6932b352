import { z } from 'zod';
import { after, timeCursor } from '../http/cursor.ts';
import { limit, sku, stale, sum } from '../http/fields.ts';

const day = z.iso.date('must be a day, like 2026-11-30');

export const saleFilter = z.strictObject({
  sku: sku.optional(),
  from: day.optional().describe('The first day'),
  to: day.optional().describe('The last day'),
  limit: limit(1_000, 100),
  cursor: after(timeCursor),
});
export type SaleFilter = z.infer<typeof saleFilter>;

export const sale = z
  .object({
    day: z.iso.date().describe('In UTC: when the orders were confirmed'),
    sku: z.string(),
    orders: z.int().describe('Confirmed orders that have the product'),
    quantity: z.bigint().describe('Pieces'),
    total: sum,
  })
  .meta({ id: 'Sale' });
export type Sale = z.infer<typeof sale>;

export const salePage = z
  .object({
    items: z.array(sale),
    next: z.string().nullable().describe('The cursor of the next page'),
    stale,
  })
  .meta({ id: 'SalePage' });
export type SalePage = z.infer<typeof salePage>;
