import { z } from 'zod';
import { instant, int64, stale } from '../http/fields.ts';

const state = z
  .record(z.string(), z.unknown())
  .describe('What the decider knew: what its decisions need, and no more');

/** A state of the past, and the event that it came with. */
export const pastState = {
  version: z.int(),
  type: z.string().describe('Of the event that made this version'),
  time: instant.describe('When that happened'),
  topic: z.string(),
  partition: z.int(),
  offset: int64,
  state,
  stale,
};
export type PastState = z.infer<z.ZodObject<typeof pastState>>;

/** What an event did to the state: with `diff=true` only. */
export const step = {
  before: state.optional().describe('With `diff=true`, as what follows: the state that it met'),
  after: state.optional().describe('The state that it made'),
  changes: z
    .array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() }))
    .optional()
    .describe(
      'Where both differ: a JSON pointer (RFC 6901); what is missing on a side is left out. Empty for what changed nothing',
    ),
};
