import { z } from 'zod';
import { after, timeCursor } from '../http/cursor.ts';
import { email } from './email.ts';
import { instant, int64, limit, money, plainText, sku, stale } from '../http/fields.ts';
import { pastState, step } from '../past/past.schema.ts';

const channel = z.enum(['web', 'store', 'phone']);

/** What a client sends to place an order. Prices are ours. */
export const orderRequest = z
  .strictObject({
    customerId: plainText(128),
    email,
    lines: z
      .array(z.strictObject({ sku, quantity: z.int().min(1).max(1_000) }))
      .min(1)
      .max(50)
      .describe('Each sku once'),
    // Without a default here: what a client did not say is no part of what its Idempotency-Key stands for.
    channel: channel.optional().describe('Where the customer ordered: web, unless it says otherwise'),
  })
  .meta({ id: 'OrderRequest' });
export type OrderRequest = z.infer<typeof orderRequest>;

export const orderStatus = z.enum(['pending', 'confirmed', 'rejected', 'cancelled']);

export const order = z
  .object({
    orderId: z.uuid(),
    customerId: z.string(),
    contact: z.string().describe('Where the outcome is sent to'),
    email: z.string().describe('What `contact` says, under its former name').meta({ deprecated: true }),
    channel: channel.describe('Where the customer ordered'),
    status: orderStatus,
    reason: z.string().optional().describe('Why it was rejected or cancelled'),
    cancelledBy: z
      .enum(['customer', 'platform'])
      .optional()
      .describe(
        "Whose words `reason` is where it was cancelled: the customer's own, or the platform's, like `expired`. Left out where it is not known",
      ),
    lines: z.array(
      z.object({
        sku,
        quantity: z.int(),
        unitPrice: money,
        status: z.enum(['pending', 'reserved', 'refused', 'released', 'shipped']),
      }),
    ),
    total: money,
    version: z.int().describe('The length of its history; also its ETag, while it is not stale'),
    placedAt: instant,
    updatedAt: instant,
    stale,
    hint: z
      .string()
      .optional()
      .describe('Why it is still pending, where that is known, or why it will not be cancelled'),
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof order>;

export const pastOrder = z.object({ orderId: z.uuid(), ...pastState }).meta({ id: 'PastOrder' });
export type PastOrder = z.infer<typeof pastOrder>;

export const cancellation = z.strictObject({ reason: plainText(200) }).meta({ id: 'Cancellation' });
export type Cancellation = z.infer<typeof cancellation>;

export const orderFilter = z.strictObject({
  customerId: plainText(128).optional(),
  status: orderStatus.optional(),
  limit: limit(100, 20),
  cursor: after(timeCursor),
});
export type OrderFilter = z.infer<typeof orderFilter>;

export const orderPage = z
  .object({ items: z.array(order), next: z.string().nullable().describe('The cursor of the next page') })
  .meta({ id: 'OrderPage' });
export type OrderPage = z.infer<typeof orderPage>;

export const historyQuery = z.strictObject({
  diff: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: with the states before and after each event, and what changed'),
});
export type HistoryQuery = z.infer<typeof historyQuery>;

export const orderHistory = z
  .array(
    z.object({
      version: z.int(),
      type: z.string(),
      time: instant,
      data: z.record(z.string(), z.unknown()),
      topic: z.string(),
      partition: z.int(),
      offset: int64,
      was: z
        .object({
          type: z.string(),
          schemaVersion: z.int().optional().describe('Left out where it is not known'),
          data: z.record(z.string(), z.unknown()),
        })
        .optional()
        .describe(
          'What was written, where that was another type of event: `type` and `data` are what it is today',
        ),
      ...step,
    }),
  )
  .meta({ id: 'OrderHistory' });
export type OrderHistory = z.infer<typeof orderHistory>;
