import { REDRIVE_DAYS, REDRIVE_LIMIT } from '@atelier/contracts';
import { z } from 'zod';
import { after, numberCursor } from '../../http/cursor.ts';
import { instant, limit, plainText } from '../../http/fields.ts';

export const bulkRedriveRequest = z
  .strictObject({
    group: plainText(249).describe('The consumer group whose dead letters are redriven'),
    reason: plainText(500).describe('Why, for those who read the history'),
    fingerprint: z
      .string()
      .regex(/^[\da-f]{16}$/, 'must be one of GET /v1/dead-letters/groups')
      .optional()
      .describe('Only those with this cause'),
    limit: z.int().min(1).max(10_000).default(1_000).describe('At most so many, those that failed first'),
    rate: z.int().min(1).max(1_000).default(50).describe('A second'),
    force: z
      .boolean()
      .default(false)
      .describe(`Also those that need force: after ${REDRIVE_LIMIT} redrives, or ${REDRIVE_DAYS} days`),
  })
  .meta({ id: 'BulkRedriveRequest' });
export type BulkRedriveRequest = z.infer<typeof bulkRedriveRequest>;

export const startedJob = z
  .object({
    jobId: z.uuid(),
    status: z.enum(['running', 'accepted']).describe('accepted: not decided in time, read the job'),
    total: z.int().optional().describe('How many dead letters it has'),
  })
  .meta({ id: 'StartedRedriveJob' });
export type StartedJob = z.infer<typeof startedJob>;

export const cancelledJob = z
  .object({
    jobId: z.uuid(),
    status: z.enum(['cancelled', 'accepted']).describe('accepted: not decided in time, read the job'),
    left: z.int().optional().describe('How many were not requested, and never will be by this job'),
  })
  .meta({ id: 'CancelledRedriveJob' });
export type CancelledJob = z.infer<typeof cancelledJob>;

export const redriveOutcome = z
  .enum(['waiting', 'requested', 'refused', 'sent', 'handled', 'failed', 'left out'])
  .describe('left out: the job ended before its turn');
export type Outcome = z.infer<typeof redriveOutcome>;

export const redriveJob = z
  .object({
    jobId: z.uuid(),
    status: z
      .enum(['running', 'finished', 'halted', 'cancelled'])
      .describe(
        'finished: everything was requested, see the counts; halted: the first redrive, sent alone, failed or was refused',
      ),
    group: z.string(),
    operator: z.string(),
    reason: z.string(),
    rate: z.int(),
    force: z.boolean(),
    startedAt: instant,
    ended: z
      .object({ at: instant, operator: z.string().optional(), reason: z.string().optional() })
      .optional(),
    total: z.int(),
    counts: z.partialRecord(redriveOutcome, z.int()),
    items: z
      .array(z.object({ deadLetterId: z.uuid(), outcome: redriveOutcome, refusal: z.string().optional() }))
      .describe('In their order'),
    next: z.string().nullable().describe('The cursor of the next page of items'),
  })
  .meta({ id: 'RedriveJob' });
export type RedriveJob = z.infer<typeof redriveJob>;

export const jobItemsFilter = z.strictObject({
  limit: limit(1_000, 100),
  cursor: after(numberCursor),
});
export type JobItemsFilter = z.infer<typeof jobItemsFilter>;
