import { type BaseOffsets, byPartition, partitionKey } from '../../log/partitions.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicPartition } from '../../log/log.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { RecordTooLarge, type LogError } from '../../log/errors.ts';
import { protocolError } from '../client/kafkajs.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import type { Codec } from '../wire/compression.ts';
import {
  type PartitionBatch,
  type ProducedPartition,
  produceExchange,
  type ProduceRequest,
} from '../wire/produce.ts';
import { encodeBatch, type ProducerState } from '../wire/encode-batch.ts';

/** Next sequence number by topic and partition. */
export type Sequences = Map<string, number>;

interface ProduceOptions extends ProduceRequest {
  readonly producer: ProducerState;
  readonly sequences: Sequences;
}

const CONCURRENT_TRANSACTIONS = 51;

/**
 * Sends one batch for each topic-partition, one request for each leader. Repeats only what the broker has certainly not
 * written, because the producer's transaction before is still ending: after any other error nobody knows which batches
 * arrived. Throws unless every partition answered with an offset of its own.
 */
export async function produce(
  client: KafkaClient,
  records: readonly OutgoingRecord[],
  options: ProduceOptions,
): Promise<BaseOffsets> {
  const offsets = new Map<string, bigint>();
  const deadline = performance.now() + options.timeoutMs;
  let batches = [...byPartition(records).values()].map((group) =>
    encodeGroup(group, options, client.compression),
  );
  for (let delay = 1; batches.length > 0; delay = Math.min(delay * 1.5, LONGEST_DELAY_MS)) {
    const answers = await send(client, batches, options);
    const refused = acknowledge(client, batches, answers, offsets);
    if (refused.length > 0 && performance.now() > deadline)
      throw produceError(client, refused[0] as PartitionBatch, CONCURRENT_TRANSACTIONS);
    if (refused.length > 0) await sleep(delay);
    batches = refused;
  }
  return offsets;
}

const LONGEST_DELAY_MS = 100;

async function send(
  client: KafkaClient,
  batches: readonly PartitionBatch[],
  options: ProduceOptions,
): Promise<ProducedPartition[]> {
  const byLeader = new Map<number, PartitionBatch[]>();
  for (const batch of batches) {
    const leader = await client.leader(batch.topic, batch.partition);
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
  }
  const answers = await Promise.all(
    [...byLeader].map(([leader, group]) =>
      client
        .exchange<ProducedPartition[]>(leader, produceExchange(group, options))
        .catch((cause: unknown) => {
          throw unanswered(group, kafkaError(cause));
        }),
    ),
  );
  return answers.flat();
}

function encodeGroup(
  records: readonly OutgoingRecord[],
  options: ProduceOptions,
  codec: Codec,
): PartitionBatch {
  const { topic, partition } = records[0] as OutgoingRecord;
  const key = partitionKey(topic, partition);
  const sequence = options.sequences.get(key) ?? 0;
  options.sequences.set(key, (sequence + records.length) % 2 ** 31);
  return { topic, partition, bytes: encodeBatch(records, options.producer, sequence, Date.now(), codec) };
}

/** Notes where the batches landed; answers those that must wait for the end of the transaction before. */
function acknowledge(
  client: KafkaClient,
  batches: readonly PartitionBatch[],
  answers: readonly ProducedPartition[],
  offsets: Map<string, bigint>,
): PartitionBatch[] {
  const refused = new Set<string>();
  for (const { topic, partition, errorCode, baseOffset } of answers) {
    const key = partitionKey(topic, partition);
    if (errorCode === CONCURRENT_TRANSACTIONS) refused.add(key);
    else if (errorCode !== 0) throw produceError(client, { topic, partition }, errorCode);
    else if (baseOffset >= 0n) offsets.set(key, baseOffset);
  }
  const open = batches.filter(({ topic, partition }) => !offsets.has(partitionKey(topic, partition)));
  const silent = open.find(({ topic, partition }) => !refused.has(partitionKey(topic, partition)));
  if (!silent) return open;
  throw new KafkaError(
    'NO_ACKNOWLEDGEMENT',
    `The broker did not say where ${silent.topic}-${silent.partition} was written`,
    { retryable: true, fields: { topic: silent.topic, partition: silent.partition } },
  );
}

/** Names all partitions that a leader was to write: they alone need it. */
const unanswered = (batches: readonly PartitionBatch[], error: LogError) =>
  new KafkaError(error.code, error.message, {
    retryable: error.retryable,
    cause: error,
    fields: { partitions: batches.map(({ topic, partition }) => partitionKey(topic, partition)) },
  });

/** Names the partition, which brokers leave to the reader. */
function produceError(
  client: KafkaClient,
  { topic, partition }: TopicPartition,
  errorCode: number,
): LogError {
  client.forget();
  const error = kafkaError(protocolError(errorCode));
  const { code, message, retryable } = error;
  return code === 'MESSAGE_TOO_LARGE' || code === 'RECORD_LIST_TOO_LARGE'
    ? new RecordTooLarge(topic, error)
    : new KafkaError(code, `${message} (${topic}-${partition})`, {
        retryable,
        cause: error,
        fields: { topic, partition },
      });
}
