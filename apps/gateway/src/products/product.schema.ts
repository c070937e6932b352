import { z } from 'zod';
import { after, textCursor } from '../http/cursor.ts';
import { limit, money, plainText, price, sku, stale } from '../http/fields.ts';
import { pastState } from '../past/past.schema.ts';

const pieces = z.int().max(1_000_000);

export const newProduct = z
  .strictObject({ sku, name: plainText(200), unitPrice: price, onHand: pieces.min(0) })
  .meta({ id: 'NewProduct' });
export type NewProduct = z.infer<typeof newProduct>;

export const receipt = z.strictObject({ quantity: pieces.min(1) }).meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof receipt>;

export const acceptedReceipt = z.object({ sku, quantity: z.int() }).meta({ id: 'AcceptedReceipt' });
export type AcceptedReceipt = z.infer<typeof acceptedReceipt>;

export const product = z
  .object({
    sku,
    name: z.string(),
    unitPrice: money,
    onHand: z.int().describe('On the shelf, what is reserved included'),
    reserved: z.int(),
    available: z.int().describe('onHand - reserved'),
    stale,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof product>;

export const pastProduct = z.object({ sku, ...pastState }).meta({ id: 'PastProduct' });
export type PastProduct = z.infer<typeof pastProduct>;

export const productFilter = z.strictObject({
  limit: limit(1_000, 100),
  cursor: after(textCursor),
});
export type ProductFilter = z.infer<typeof productFilter>;

export const productPage = z
  .object({ items: z.array(product), next: z.string().nullable().describe('The cursor of the next page') })
  .meta({ id: 'ProductPage' });
export type ProductPage = z.infer<typeof productPage>;
