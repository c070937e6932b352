import type { KafkaClient } from '../kafka/client.ts';
import { coordinatedPartition, TRANSACTIONS_TOPIC } from '../kafka/coordinated-partition.ts';
import {
  describeTransactionExchange,
  type TransactionDescription,
} from '../kafka/wire/describe-transactions.ts';
import type { OpenTransaction } from './hanging-transactions.ts';

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
  const now = await client.exchange<TransactionDescription | undefined>(
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

/** Whoever leads its partition of the coordinators' log, as most brokers know: one that was paused takes itself for it. */
async function coordinatorOf(client: KafkaClient, transactionalId: string): Promise<number> {
  await client.confirmLeaders([TRANSACTIONS_TOPIC]);
  const { leaders } = await client.topic(TRANSACTIONS_TOPIC);
  return client.leader(TRANSACTIONS_TOPIC, coordinatedPartition(transactionalId, leaders.length));
}
