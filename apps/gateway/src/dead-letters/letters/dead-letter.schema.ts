import { REDRIVE_DAYS, REDRIVE_LIMIT } from '@atelier/contracts';
import { z } from 'zod';
import { after, timeCursor } from '../../http/cursor.ts';
import { instant, int64, limit, plainText } from '../../http/fields.ts';

export const deadLetterStatus = z.enum([
  'open',
  'requested',
  'sent',
  'handled',
  'failed again',
  'discarded',
  'parked',
]);

const error = z.object({ class: z.string(), message: z.string() });

const facts = {
  deadLetterId: z.uuid(),
  status: deadLetterStatus.describe(
    'open: nobody has decided; requested: to be redriven; sent: given back to its group, which has not handled it yet; ' +
      'parked: all its redrives have failed',
  ),
  group: z.string().describe('The consumer group whose handler failed'),
  topic: z.string().describe('Of the original, as are partition, offset and key'),
  partition: z.int(),
  offset: int64,
  key: z.string().nullable().describe('Text, or 0x and hexadecimal digits where it is not UTF-8'),
  messageType: z.string().nullable(),
  messageId: z.string().nullable(),
  handler: z.string(),
  error: error.describe('Of the last failure'),
  firstError: error,
  fingerprint: z.string().describe('The same for failures with the same cause, as far as one can tell'),
  attempts: z.int(),
  redrive: z.int().describe('How many redrives were asked for'),
  failedAt: instant,
  firstFailedAt: instant,
  service: z.string(),
  version: z.string().describe('Of the service'),
  decision: z
    .object({
      what: z.enum(['redrive', 'discard', 'restore']),
      operator: z.string(),
      reason: z.string(),
      at: instant,
    })
    .optional()
    .describe('The last one'),
  jobId: z.string().optional().describe('The job of the last redrive'),
  notSent: z
    .enum(['record-missing', 'unknown-group', 'too-large', 'unreadable-batch'])
    .optional()
    .describe('Why the last redrive had nothing to send; jobs leave it out'),
};

export const deadLetter = z.object(facts).meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof deadLetter>;

const change = z.object({
  path: z.string().describe('A JSON pointer'),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
});

/** What happened to a dead letter: one event. */
export const happening = z
  .object({
    at: instant,
    what: z.string().describe('The event'),
    operator: z.string().optional(),
    reason: z.string().optional(),
    refusal: z.string().optional(),
    redrive: z.int().optional(),
    force: z.boolean().optional(),
    difference: z.array(change).optional().describe('What an operator edited'),
    jobId: z.string().optional(),
    error: error.optional(),
    attempts: z.int().optional(),
    service: z.string().optional(),
    version: z.string().optional(),
  })
  .meta({ id: 'DeadLetterHappening' });
export type Happening = z.infer<typeof happening>;

export const originalRecord = z
  .object({
    found: z.boolean(),
    why: z.string().optional().describe('Why it was not found'),
    timestamp: instant.optional(),
    headers: z.array(z.object({ name: z.string(), value: z.string().nullable() })).optional(),
    value: z
      .union([
        z.object({ type: z.string(), data: z.unknown() }),
        z.object({ hex: z.string().describe('Its schema cannot be read') }),
        z.null(),
      ])
      .optional(),
    attempts: z
      .array(z.object({ at: instant, error }))
      .optional()
      .describe('Each attempt, the last 50, oldest first; messages are cut at 200 bytes'),
    stacks: z.object({ first: z.string(), last: z.string() }).optional(),
  })
  .meta({ id: 'OriginalRecord' });
export type OriginalRecord = z.infer<typeof originalRecord>;

const parked = z
  .object({ offsets: z.array(int64), more: z.boolean() })
  .nullable()
  .optional()
  .describe(
    'Records of the same key that wait until it is redriven or discarded, at most 100 offsets; null if there are none, left out if it cannot be known now',
  );

export const deadLetterDetails = z
  .object({
    ...facts,
    traceparent: z.string().nullable(),
    history: z.array(happening).describe('The last 200, oldest first'),
    record: originalRecord.describe('As it was, byte for byte'),
    parked,
  })
  .meta({ id: 'DeadLetterDetails' });
export type DeadLetterDetails = z.infer<typeof deadLetterDetails>;

export const deadLetterFilter = z.strictObject({
  status: deadLetterStatus.optional(),
  group: plainText(249).optional(),
  topic: plainText(249).optional(),
  handler: plainText(500).optional(),
  fingerprint: plainText(16).optional(),
  limit: limit(100, 20),
  cursor: after(timeCursor),
});
export type DeadLetterFilter = z.infer<typeof deadLetterFilter>;

export const deadLetterPage = z
  .object({ items: z.array(deadLetter), next: z.string().nullable().describe('The cursor of the next page') })
  .meta({ id: 'DeadLetterPage' });
export type DeadLetterPage = z.infer<typeof deadLetterPage>;

export const groupFilter = z.strictObject({
  group: plainText(249).optional(),
  all: z.literal('true').optional().describe('Also those that were handled or discarded'),
  limit: limit(200, 200),
});
export type GroupFilter = z.infer<typeof groupFilter>;

export const deadLetterGroups = z
  .array(
    z.object({
      fingerprint: z.string(),
      group: z.string(),
      handler: z.string(),
      error: error.describe('That of the example'),
      count: z.int(),
      byStatus: z.partialRecord(deadLetterStatus, z.int()),
      firstSeen: instant,
      lastSeen: instant,
      example: z.uuid().describe('The last that failed'),
    }),
  )
  .meta({ id: 'DeadLetterGroups' });
export type DeadLetterGroups = z.infer<typeof deadLetterGroups>;

const reason = plainText(500).describe('Why, for those who read the history');
const force = z
  .boolean()
  .default(false)
  .describe(`Also after ${REDRIVE_LIMIT} redrives, or ${REDRIVE_DAYS} days`);

export const decisionRequest = z.strictObject({ reason }).meta({ id: 'OperatorDecision' });
export type DecisionRequest = z.infer<typeof decisionRequest>;

const mostLevels = 64;

/** Goes no deeper than it asks, as any value may come here. */
const isNestedWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => isNestedWithin(inner, levels - 1)));

export const redriveRequest = z
  .strictObject({
    reason,
    value: z
      .record(z.string(), z.unknown())
      .refine(
        (value) => isNestedWithin(value, mostLevels),
        `must not be nested deeper than ${mostLevels} levels`,
      )
      .optional()
      .describe('Edited data of the message, whole, as `record.value.data` shows it; its key must stay'),
    dryRun: z.boolean().default(false).describe('Say what would happen, and do nothing'),
    force,
  })
  .meta({ id: 'RedriveRequest' });
export type RedriveRequest = z.infer<typeof redriveRequest>;

export const redriveAnswer = z
  .object({
    deadLetterId: z.uuid(),
    status: z
      .enum(['requested', 'accepted'])
      .describe('requested: decided, and not sent yet; accepted: not decided in time, read the dead letter'),
    redrive: z.int().optional().describe('1, 2, ...'),
    difference: z.array(change).optional(),
  })
  .meta({ id: 'RedriveAnswer' });
export type RedriveAnswer = z.infer<typeof redriveAnswer>;

export const rehearsal = z
  .object({
    dryRun: z.literal(true),
    deadLetterId: z.uuid(),
    would: z.enum(['be requested', 'be refused']),
    refusal: z.string().optional(),
    advice: z.string().optional(),
    redrive: z.int().describe('Which redrive it would be: 1, 2, ...'),
    to: z.object({ topic: z.string(), partition: z.int() }).describe('Where its copy would be written'),
    difference: z.array(change).optional(),
  })
  .meta({ id: 'RedriveRehearsal' });
export type Rehearsal = z.infer<typeof rehearsal>;

export const decisionAnswer = z
  .object({
    deadLetterId: z.uuid(),
    status: z
      .enum(['discarded', 'restored', 'accepted'])
      .describe('accepted: not decided in time, read the dead letter'),
  })
  .meta({ id: 'OperatorDecisionAnswer' });
export type DecisionAnswer = z.infer<typeof decisionAnswer>;
