import type { KafkaClient } from '../kafka/client/client.ts';
import { kafkaError, KafkaError } from '../kafka/client/errors.ts';
import { coordinatedPartition, TRANSACTIONS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import {
  describeTransactionExchange,
  type TransactionDescription,
} from '../kafka/wire/describe-transactions.ts';
import type { OpenTransaction } from './hanging-transactions.ts';

/** The type of coordinator that FindCoordinator is asked for. */
const TRANSACTION = 1;

/** What the coordinator says about a transaction that a partition has open. */
export type Standing =
  /** It is under way, and ends by itself: its owner ends it, or its coordinator after this time. */
  | { readonly type: 'under-way'; readonly timeoutMs: number }
  /** Its coordinator has decided how it ends, and is writing the markers. */
  | { readonly type: 'ending' }
  /** Its coordinator has nothing more to do for this partition. */
  | { readonly type: 'over'; readonly now: TransactionDescription }
  /** No coordinator knows this producer. */
  | { readonly type: 'unknown' };

/** Asks at this moment, and the coordinator of now: what it says is to be asked again before each marker. Throws KafkaError. */
export async function standingOf(client: KafkaClient, transaction: OpenTransaction): Promise<Standing> {
  const { transactionalId, topic, partition } = transaction;
  if (transactionalId === undefined) return { type: 'unknown' };
  const node = await coordinatorOf(client, transactionalId);
  const [now] = await client.exchange<readonly TransactionDescription[]>(
    node,
    describeTransactionExchange(transactionalId),
  );
  if (!now || now.producerId !== transaction.producerId) return { type: 'unknown' };
  // Of one that is ending the coordinator names only partitions that lack their marker; with none left it is as good as over,
  // but the next step is its own.
  if (now.state.startsWith('Prepare')) return { type: 'ending' };
  const concerned = now.partitions.get(topic)?.includes(partition) ?? false;
  if (now.state === 'Ongoing' && concerned) return { type: 'under-way', timeoutMs: now.timeoutMs };
  return { type: 'over', now };
}

/**
 * Whoever leads its partition of the coordinators' log, as most brokers know: one that was paused takes itself for it. Where these
 * do not tell of that log to this principal, whom most brokers name.
 */
async function coordinatorOf(client: KafkaClient, transactionalId: string): Promise<number> {
  try {
    const { leaders } = await client.currentTopic(TRANSACTIONS_TOPIC);
    return await client.leader(TRANSACTIONS_TOPIC, coordinatedPartition(transactionalId, leaders.length));
  } catch (error) {
    if (kafkaError(error).code !== 'TOPIC_AUTHORIZATION_FAILED') throw error;
    return namedByMost(client, transactionalId);
  }
}

/** An answer to FindCoordinator has no epoch by which a newer one could be told: it is asked of all. */
async function namedByMost(client: KafkaClient, transactionalId: string): Promise<number> {
  const asked = await client.brokerIds();
  const answers = await Promise.allSettled(
    asked.map((node) =>
      client.call<{ coordinator: { nodeId: number } }>(node, 'GroupCoordinator', {
        groupId: transactionalId,
        coordinatorType: TRANSACTION,
      }),
    ),
  );
  const named = answers.flatMap((each) =>
    each.status === 'fulfilled' ? [each.value.coordinator.nodeId] : [],
  );
  const most = named.find((node) => named.filter((other) => other === node).length * 2 > asked.length);
  if (most !== undefined) return most;
  const cause = answers.find((each) => each.status === 'rejected')?.reason as unknown;
  throw new KafkaError(
    'COORDINATOR_NOT_AVAILABLE',
    `Most brokers do not name one coordinator of ${transactionalId}`,
    {
      retryable: true,
      cause,
    },
  );
}
