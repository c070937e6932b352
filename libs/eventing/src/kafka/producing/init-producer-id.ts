import type { KafkaClient } from '../client/client.ts';
import type { ProducerIdentity } from '../wire/producer-identity.ts';

/** Milliseconds after which brokers abort a transaction that was left open, unless its producer asks for another time. */
export const TRANSACTION_TIMEOUT_MS = 10_000;

/**
 * InitProducerId, one request: a new epoch, under which nothing is open. What was is aborted, and whoever had the epoch before is
 * fenced. Throws KafkaError; CONCURRENT_TRANSACTIONS while the transaction before is ending.
 */
export async function initProducerId(
  client: KafkaClient,
  transactionalId: string,
  transactionTimeout = TRANSACTION_TIMEOUT_MS,
): Promise<ProducerIdentity> {
  const node = await client.coordinator('transaction', transactionalId);
  const answer = await client.call<{ producerId: string; producerEpoch: number }>(node, 'InitProducerId', {
    transactionalId,
    transactionTimeout,
  });
  return { transactionalId, id: BigInt(answer.producerId), epoch: answer.producerEpoch };
}
