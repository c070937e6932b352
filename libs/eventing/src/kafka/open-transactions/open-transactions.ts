import type { LogError } from '../../log/errors.ts';
import type { KafkaClient } from '../client/client.ts';
import { TRANSACTIONS_TOPIC } from '../groups/coordinated-partition.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { protocolError } from '../client/kafkajs.ts';
import { readBatches } from '../reading/read-batches.ts';
import {
  type ActiveProducer,
  describeProducersExchange,
  type PartitionProducers,
} from '../wire/describe-producers.ts';
import { type ListedTransaction, listTransactionsExchange } from '../wire/list-transactions.ts';
import { byLeader, type PartitionEnds } from '../reading/partition-ends.ts';

/** A transaction that one partition has open: everything behind `startOffset` is hidden from those who read what is committed. */
export interface OpenTransaction {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of the producer's last marker in this partition; -1 when there was none. */
  readonly coordinatorEpoch: number;
  /** Of its first record in this partition. */
  readonly startOffset: bigint;
  /** Where the coordinators know who this producer is. */
  readonly transactionalId?: string;
  /** Time of its first record in this partition, in milliseconds since 1970-01-01 UTC. */
  readonly since: number;
  /** Records from `startOffset` to the end of the partition, markers included. */
  readonly hidden: bigint;
}

const LOOK_MS = 10_000;

/**
 * The transactions that these partitions have open, oldest first. Needs the right to READ these topics (KIP-664). Throws
 * KafkaError. With `sure`, also when a producer is unknown while some coordinator did not answer: who acts on what is not known
 * must know that it is not.
 */
export async function openTransactions(
  client: KafkaClient,
  ends: readonly PartitionEnds[],
  sure = false,
): Promise<OpenTransaction[]> {
  const described: PartitionProducers[] = [];
  for (const [leader, group] of await byLeader(client, ends))
    described.push(
      ...(await client.exchange<PartitionProducers[]>(leader, describeProducersExchange(group))),
    );
  const open = described.flatMap(({ topic, partition, errorCode, producers }) => {
    if (errorCode !== 0) throw undescribed(client, topic, partition, errorCode);
    const end = ends.find((candidate) => candidate.topic === topic && candidate.partition === partition);
    return producers
      .filter(({ startOffset }) => end && startOffset >= 0n)
      .map((producer) => ({ end: end as PartitionEnds, producer }));
  });
  const ids = open.map(({ producer }) => producer.producerId);
  const { names, silent } = await transactionalIds(client, ids);
  if (sure && silent && ids.some((id) => !names.has(id))) throw silent;
  const found = await Promise.all(open.map(({ end, producer }) => complete(client, end, producer, names)));
  return found.sort((a, b) => Number(a.startOffset - b.startOffset));
}

/** Who these producers are, as far as any coordinator knows; `silent`: why some coordinator did not say, if so. */
async function transactionalIds(
  client: KafkaClient,
  producerIds: readonly bigint[],
): Promise<{ names: ReadonlyMap<bigint, string>; silent?: LogError }> {
  if (producerIds.length === 0) return { names: new Map() };
  const wanted = [...new Set(producerIds)];
  const answers = await Promise.allSettled([
    ...(await client.brokerIds()).map((node) =>
      client.exchange<ListedTransaction[]>(node, listTransactionsExchange(wanted)),
    ),
    everyCoordinatorLeads(client),
  ]);
  const names = new Map(
    answers
      .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      .map(({ producerId, transactionalId }) => [producerId, transactionalId]),
  );
  const failed = answers.find((answer) => answer.status === 'rejected');
  return { names, ...(failed && { silent: kafkaError(failed.reason) }) };
}

/** A coordinator is the leader of its partition: while that has none, nobody speaks for its transactional ids. */
async function everyCoordinatorLeads(client: KafkaClient): Promise<[]> {
  const { leaders } = await client.currentTopic(TRANSACTIONS_TOPIC);
  if (leaders.every(({ nodeId }) => nodeId >= 0)) return [];
  client.forget();
  throw new KafkaError('COORDINATOR_NOT_AVAILABLE', 'Some transactional ids have no coordinator now', {
    retryable: true,
  });
}

/** Why a leader does not say what is open. */
export function undescribed(
  client: KafkaClient,
  topic: string,
  partition: number,
  errorCode: number,
): LogError {
  client.forget();
  const cause = kafkaError(protocolError(errorCode));
  const { code, message, retryable } = cause;
  return new KafkaError(code, `What is open in ${topic}-${partition} is not said: ${message}`, {
    retryable,
    cause,
    fields: { topic, partition },
  });
}

async function complete(
  client: KafkaClient,
  { topic, partition, highWatermark }: PartitionEnds,
  producer: ActiveProducer,
  names: ReadonlyMap<bigint, string>,
): Promise<OpenTransaction> {
  const transactionalId = names.get(producer.producerId);
  const since = await timeOf(client, topic, partition, producer.startOffset, highWatermark);
  const hidden = highWatermark - producer.startOffset;
  return {
    topic,
    partition,
    ...producer,
    since,
    hidden,
    ...(transactionalId !== undefined && { transactionalId }),
  };
}

async function timeOf(
  client: KafkaClient,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): Promise<number> {
  const signal = AbortSignal.timeout(LOOK_MS);
  for await (const batch of readBatches(client, topic, partition, { from, to, signal, maxBytes: 1 }))
    return batch.baseTimestamp;
  return Date.now();
}

/** For people: who has it open, since when, and how much waits behind it. */
export function describeOpen(transaction: OpenTransaction): string {
  const { topic, partition, producerId, producerEpoch, transactionalId, since, startOffset, hidden } =
    transaction;
  const who = transactionalId === undefined ? 'which no coordinator knows' : transactionalId;
  const from = `since ${new Date(since).toISOString()}, from offset ${startOffset} on (${hidden} offsets wait)`;
  return `producer ${producerId}, epoch ${producerEpoch} (${who}) has a transaction open on ${topic}-${partition} ${from}`;
}
