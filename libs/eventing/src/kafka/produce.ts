import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError, RecordTooLarge } from './errors.ts';
import { protocolError } from './kafkajs.ts';
import type { OutgoingRecord } from './record.ts';
import { type PartitionBatch, type ProducedPartition, produceExchange } from './wire/produce.ts';
import { encodeBatch, type ProducerState } from './wire/record-batch.ts';

/** Next sequence number by topic and partition. */
export type Sequences = Map<string, number>;

/** Where the first record of each topic-partition landed. */
export type BaseOffsets = ReadonlyMap<string, bigint>;

export const partitionKey = (topic: string, partition: number) => `${topic}-${partition}`;

/** Records by topic-partition, in the order in which the partitions first appear. */
export function byPartition(records: readonly OutgoingRecord[]): Map<string, OutgoingRecord[]> {
  const groups = new Map<string, OutgoingRecord[]>();
  for (const record of records) {
    const key = partitionKey(record.topic, record.partition);
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}

interface ProduceOptions {
  readonly transactionalId: string | null;
  readonly producer: ProducerState;
  readonly sequences: Sequences;
  readonly timeoutMs: number;
}

/**
 * Sends one batch for each topic-partition, one request for each leader, and does not repeat anything: after an
 * error nobody knows which batches arrived. Throws unless every partition answered with an offset of its own.
 */
export async function produce(
  client: KafkaClient,
  records: readonly OutgoingRecord[],
  options: ProduceOptions,
): Promise<BaseOffsets> {
  const batches = [...byPartition(records).values()].map((group) => encodeGroup(group, options));
  const byLeader = new Map<number, PartitionBatch[]>();
  for (const batch of batches) {
    const leader = await client.leader(batch.topic, batch.partition);
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
  }
  const answers = await Promise.all(
    [...byLeader].map(([leader, group]) =>
      client.exchange<ProducedPartition[]>(
        leader,
        produceExchange(group, options.transactionalId, options.timeoutMs),
      ),
    ),
  );
  return acknowledged(client, batches, answers.flat());
}

function encodeGroup(records: readonly OutgoingRecord[], options: ProduceOptions): PartitionBatch {
  const { topic, partition } = records[0] as OutgoingRecord;
  const key = partitionKey(topic, partition);
  const sequence = options.sequences.get(key) ?? 0;
  options.sequences.set(key, (sequence + records.length) % 2 ** 31);
  return { topic, partition, bytes: encodeBatch(records, options.producer, sequence, Date.now()) };
}

function acknowledged(
  client: KafkaClient,
  batches: readonly PartitionBatch[],
  answers: readonly ProducedPartition[],
): BaseOffsets {
  const offsets = new Map<string, bigint>();
  for (const { topic, partition, errorCode, baseOffset } of answers) {
    if (errorCode !== 0) throw produceError(client, topic, errorCode);
    offsets.set(partitionKey(topic, partition), baseOffset);
  }
  for (const { topic, partition } of batches) {
    if ((offsets.get(partitionKey(topic, partition)) ?? -1n) >= 0n) continue;
    throw new KafkaError(
      'NO_ACKNOWLEDGEMENT',
      `The broker did not say where ${topic}-${partition} was written`,
      { retryable: true },
    );
  }
  return offsets;
}

function produceError(client: KafkaClient, topic: string, code: number): KafkaError {
  client.forget();
  const error = kafkaError(protocolError(code));
  return error.code === 'MESSAGE_TOO_LARGE' || error.code === 'RECORD_LIST_TOO_LARGE'
    ? new RecordTooLarge(topic, error)
    : error;
}
