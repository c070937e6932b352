import { z } from 'zod';
import { instant, int64 } from '../http/fields.ts';

const lag = z
  .object({
    events: int64.describe(
      'At most: offsets between here and the end, of which some are markers of transactions',
    ),
    seconds: z.number().describe('How old the next event is; 0 where there is none'),
  })
  .optional()
  .describe('Left out where Kafka does not answer');

const state = z
  .enum(['current', 'catching-up', 'stopped', 'unknown'])
  .describe(
    '`current`: everything is in the rows; `stopped`: nobody runs it; `unknown`: Kafka does not answer',
  );

const partition = z.object({
  topic: z.string(),
  partition: z.int(),
  position: int64.describe('The next offset'),
  end: int64.optional().describe('The offset behind what is committed; left out where Kafka does not answer'),
  lag,
});

const count = z.object({
  table: z.string(),
  rows: z.int(),
  counted: z
    .enum(['exactly', 'estimated'])
    .describe("`estimated`: more than 10,000 rows, as Postgres' statistics have it"),
});

const lastError = z
  .object({
    deadLetterId: z.string(),
    errorClass: z.string(),
    errorMessage: z.string(),
    failedAt: instant,
    status: z.string().describe('Of the dead letter'),
  })
  .describe('Of the event that was set aside last; left out where none ever was');

export const projection = z
  .object({
    name: z.string(),
    version: z.int(),
    state,
    lag: lag.describe('Events of all partitions, and seconds of the one that is farthest behind'),
    partitions: z.array(partition),
    tables: z.array(count),
    parkedKeys: z.int().describe('Keys whose rows wait for an operator; 10,001 stands for more than 10,000'),
    lastError: lastError.optional(),
  })
  .meta({ id: 'Projection' });
export type Projection = z.infer<typeof projection>;

export const projectionList = z.object({ items: z.array(projection) }).meta({ id: 'ProjectionList' });
export type ProjectionList = z.infer<typeof projectionList>;
