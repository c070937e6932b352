import { catalogue } from '@atelier/contracts';
import { z } from 'zod';
import { after, timeCursor } from '../http/cursor.ts';
import { instant, int64, limit, number64, plainText } from '../http/fields.ts';

export const transactionState = z.enum(['hanging', 'requested', 'ended', 'not-ended']);
const outcome = z.enum(['commit', 'abort']);

export const hangingTransaction = z
  .object({
    transaction: z.string().describe('`<topic>-<partition>/<producerId>`'),
    topic: z.string(),
    partition: z.int(),
    producerId: int64,
    state: transactionState.describe(
      'hanging: nobody has decided; requested: an operator has, and it is to be ended; not-ended: brokers wrote nothing, `notEnded` says why',
    ),
    producerEpoch: z.int().nullable().describe('This and what follows is null where it was never found'),
    startOffset: int64.nullable().describe('Of its first record: what comes after that is hidden'),
    transactionalId: z.string().nullable().describe('Null, too, where no coordinator knows it'),
    since: instant.nullable().describe('Time of its first record'),
    waiting: int64.nullable().describe('How many records were hidden when it was found'),
    verdict: z
      .enum(['proven-commit', 'proven-abort', 'unproven', 'foreign'])
      .nullable()
      .describe('What is proven is ended at once; unproven and foreign ones wait for an operator'),
    known: z.string().nullable().describe('The proof, or what is known'),
    foundAt: instant.describe('Or asked about, where it was never found'),
    decision: z
      .object({
        outcome,
        by: z.string().describe('An operator, or transactions.watch where there was proof'),
        reason: z.string(),
        at: instant,
      })
      .optional(),
    endedAt: instant.optional(),
    notEnded: z.string().optional().describe('Why brokers wrote nothing'),
  })
  .meta({ id: 'HangingTransaction' });
export type HangingTransaction = z.infer<typeof hangingTransaction>;

export const transactionFilter = z.strictObject({
  state: transactionState.optional(),
  limit: limit(100, 20),
  cursor: after(timeCursor),
});
export type TransactionFilter = z.infer<typeof transactionFilter>;

export const transactionPage = z
  .object({
    items: z.array(hangingTransaction),
    next: z.string().nullable().describe('The cursor of the next page'),
  })
  .meta({ id: 'HangingTransactionPage' });
export type TransactionPage = z.infer<typeof transactionPage>;

export const producerParams = z.object({ producerId: number64 });
export type ProducerParams = z.infer<typeof producerParams>;

/** Kafka's own topic of the groups' positions, which transactions write, too. Its partitions are not in the catalogue. */
const POSITIONS = '__consumer_offsets';
const mostPartitions = 2 ** 31 - 1;

const countOf = (topic: string) =>
  catalogue.topics.find(({ name }) => name === topic)?.partitions ?? mostPartitions;
const topicsByCount = Map.groupBy([...catalogue.topics.map(({ name }) => name), POSITIONS], countOf);

const endOf = (topics: readonly string[], partitions: number) =>
  z.strictObject({
    topic: z.enum(topics),
    partition: z
      .int()
      .min(0)
      .max(partitions - 1, `must be less than ${partitions}`),
    startOffset: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Only the transaction that begins here, as readiness and the list tell it: needed where an earlier one of the same producer was ended',
      ),
    outcome,
    reason: plainText(500).describe('Why, for those who read the history'),
  });

type End = ReturnType<typeof endOf>;
const ends = [...topicsByCount].map(([count, topics]) => endOf(topics, count)) as [End, ...End[]];

export const endRequest = z
  .discriminatedUnion('topic', ends, `must be a topic of the catalogue, or ${POSITIONS}`)
  .meta({ id: 'TransactionEndRequest' });
export type EndRequest = z.infer<typeof endRequest>;

export const endAnswer = z
  .object({
    transaction: z.string(),
    status: z
      .enum(['requested', 'accepted'])
      .describe('requested: decided, and not written yet; accepted: not decided in time, read the list'),
    request: z.int().optional().describe('Which request about it this is: 1, 2, ...'),
  })
  .meta({ id: 'TransactionEndAnswer' });
export type EndAnswer = z.infer<typeof endAnswer>;
