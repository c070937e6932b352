import { z } from 'zod';
import { instant, int64 } from '../http/fields.ts';

const node = z.object({
  depth: z.int().min(0).describe('How far below its root'),
  parent: z.int().min(0).nullable().describe('Which of the nodes it follows from, from 0; null for a root'),
  kind: z
    .enum([
      'request',
      'command',
      'delayed',
      'event',
      'retry',
      'dead-letter',
      'decision',
      'redrive',
      'effect',
      'unknown',
    ])
    .describe(
      'request: of HTTP; delayed: a command that waits for its time; decision: of an operator; effect: what was done outside of Kafka; unknown: it is not in the log any more, or was not found',
    ),
  id: z.string().describe('Of the message; copies have that of their original'),
  type: z.string(),
  subject: z.string().optional().describe('The aggregate'),
  time: instant.optional().describe('When the record was written. Left out where nothing says it'),
  service: z.string().optional().describe('Who wrote it, or whose failure it was'),
  group: z
    .string()
    .optional()
    .describe('Of a command: the policy that sent it; otherwise whose copy it is, or who acts'),
  by: z.string().optional().describe('The operator who decided'),
  reason: z.string().optional().describe('What the operator said'),
  traceparent: z.string().optional(),
  deadLetterId: z.string().optional(),
  attempts: z.int().optional().describe('How often it had been tried by then'),
  error: z.object({ class: z.string(), message: z.string() }).optional().describe('The last one'),
  status: z
    .enum(['performed', 'pending'])
    .optional()
    .describe('Of an effect: whether it is behind its group'),
  topic: z.string().optional(),
  partition: z.int().optional(),
  offset: int64.optional(),
});
export type CausationNode = z.infer<typeof node>;

export const causation = z
  .object({
    orderId: z.uuid(),
    complete: z.boolean().describe('false: more was there than one request reads or shows'),
    unread: z
      .array(z.object({ topic: z.string(), partition: z.int(), from: int64 }))
      .describe('Where reading ended before it was through'),
    nodes: z.array(node).describe('In the order of a walk through the tree'),
  })
  .meta({ id: 'Causation' });
export type Causation = z.infer<typeof causation>;
