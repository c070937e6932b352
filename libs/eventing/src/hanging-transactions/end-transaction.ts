import type { KafkaClient } from '../kafka/client/client.ts';
import { KafkaError, kafkaError } from '../kafka/client/errors.ts';
import { initProducerId } from '../kafka/producing/init-producer-id.ts';
import { protocolError } from '../kafka/client/kafkajs.ts';
import { retrying } from '../kafka/client/retry.ts';
import { writeTxnMarkerExchange } from '../kafka/wire/write-txn-markers.ts';
import { standingOf, type Standing } from './coordinator.ts';
import type { EndResult, OpenTransaction, Outcome, TransactionPlace } from './hanging-transactions.ts';
import { openTransactions } from '../kafka/open-transactions/open-transactions.ts';
import { partitionEnds } from '../kafka/reading/partition-ends.ts';

/** Milliseconds that a coordinator may take to abort what is under way. */
const FENCING_MS = 30_000;
const REFUSED = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTION_COORDINATOR_FENCED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/**
 * Ends what a producer has open in a partition. Whatever its coordinator can still end is left to the coordinator; what it
 * is done with gets the marker that is missing. See `HangingTransactions.end`.
 */
export async function endTransaction(
  client: KafkaClient,
  place: TransactionPlace,
  outcome: Outcome,
  startOffset?: bigint,
): Promise<EndResult> {
  try {
    if (!(await exists(client, place))) return { type: 'refused', reason: 'there is no such partition' };
    const transaction = await openOne(client, place);
    if (!transaction || !isMeant(transaction, place, startOffset)) return { type: 'gone' };
    const refusal = await settleWithCoordinator(client, transaction, outcome);
    if (refusal !== undefined) return { type: 'refused', reason: refusal };
    const left = await openOne(client, place);
    if (!left) return { type: 'ended', transaction };
    if (!isMeant(left, transaction, transaction.startOffset)) return { type: 'gone' };
    await writeMarker(client, left, outcome);
    return { type: 'ended', transaction };
  } catch (cause) {
    const { code, message } = kafkaError(cause);
    // The producer has a newer epoch in this partition by now: what was meant is not what is open.
    if (code === 'INVALID_PRODUCER_EPOCH') return { type: 'gone' };
    if (REFUSED.has(code)) return { type: 'refused', reason: `${code}: ${message}` };
    throw cause;
  }
}

/** What was proven, or decided, is about the first record and the last epoch of what is open. */
const isMeant = (open: OpenTransaction, { producerEpoch }: TransactionPlace, startOffset?: bigint) =>
  (startOffset === undefined || open.startOffset === startOffset) &&
  (producerEpoch === undefined || open.producerEpoch === producerEpoch);

async function exists(client: KafkaClient, { topic, partition }: TransactionPlace): Promise<boolean> {
  try {
    // It may have got more partitions since it was looked at.
    return (await client.currentTopic(topic)).leaders[partition] !== undefined;
  } catch (error) {
    if (kafkaError(error).code === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    throw error;
  }
}

async function openOne(
  client: KafkaClient,
  { topic, partition, producerId }: TransactionPlace,
): Promise<OpenTransaction | undefined> {
  const ends = await partitionEnds(client, [{ topic, partition }]);
  if (ends.length === 0)
    throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}-${partition} has no leader`, {
      retryable: true,
      fields: { topic, partition },
    });
  const open = await openTransactions(client, ends, true);
  return open.find((transaction) => transaction.producerId === producerId);
}

/** Answers why nothing may be written, if so. */
async function settleWithCoordinator(
  client: KafkaClient,
  transaction: OpenTransaction,
  outcome: Outcome,
): Promise<string | undefined> {
  const standing = await standingOf(client, transaction);
  if (standing.type === 'ending') return 'its coordinator is writing the markers';
  if (standing.type === 'under-way' && outcome === 'commit')
    return `it is under way, and only its owner can commit it: it is aborted ${standing.timeoutMs} ms after its begin at the latest`;
  if (mayGoOn(standing, transaction)) await initialise(client, transaction, timeoutOf(standing));
  return undefined;
}

/** A producer that has still the epoch of what it left open could have more open by the time that a marker is written. */
function mayGoOn(standing: Standing, { producerEpoch }: OpenTransaction): boolean {
  return (
    standing.type === 'under-way' ||
    (standing.type === 'over' && standing.now.producerEpoch === producerEpoch)
  );
}

/** Kept as its owner wants it. */
const timeoutOf = (standing: Standing) =>
  standing.type === 'over' ? standing.now.timeoutMs : standing.type === 'under-way' ? standing.timeoutMs : 0;

/** Fences the owner; what is under way is aborted by its coordinator. */
async function initialise(
  client: KafkaClient,
  { transactionalId }: OpenTransaction,
  transactionTimeout: number,
): Promise<void> {
  if (transactionalId === undefined) return;
  await retrying(() => initProducerId(client, transactionalId, transactionTimeout), { forMs: FENCING_MS });
}

async function writeMarker(
  client: KafkaClient,
  transaction: OpenTransaction,
  outcome: Outcome,
): Promise<void> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = transaction;
  // Never while the coordinator is about to write one of its own.
  const standing = await standingOf(client, transaction);
  if (standing.type === 'ending' || standing.type === 'under-way')
    throw new KafkaError('CONCURRENT_TRANSACTIONS', 'its coordinator has it under way', {
      retryable: true,
      fields: { topic, partition },
    });
  const marker = {
    topic,
    partition,
    producerId,
    producerEpoch,
    coordinatorEpoch: Math.max(0, coordinatorEpoch),
    commit: outcome === 'commit',
  };
  const code = await client.exchange<number>(
    await client.leader(topic, partition),
    writeTxnMarkerExchange(marker),
  );
  if (code !== 0) throw kafkaError(protocolError(code));
}
