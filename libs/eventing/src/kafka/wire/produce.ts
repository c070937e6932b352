import { apiKeys, encoded, type Exchange } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** One encoded batch for one partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: bigint;
}

/**
 * The versions of Produce that are written here: 9 is the first flexible one (KIP-482); with 12 a batch enrols its partition in
 * the transaction by itself (KIP-890).
 */
export type ProduceVersion = 9 | 12;

/** Produce, to all in-sync replicas. */
export function produceExchange(
  batches: readonly PartitionBatch[],
  { transactionalId, timeoutMs, version }: ProduceRequest,
): Exchange {
  const writer = new Writer(256 + batches.reduce((sum, { bytes }) => sum + bytes.length + 64, 0));
  writer
    .uvarint(0)
    .compactString(transactionalId)
    .int16(-1)
    .int32(timeoutMs)
    .uvarint(batches.length + 1);
  for (const { topic, partition, bytes } of batches) {
    writer.compactString(topic).uvarint(2).int32(partition);
    writer
      .uvarint(bytes.length + 1)
      .raw(bytes)
      .uvarint(0)
      .uvarint(0);
  }
  writer.uvarint(0);
  return {
    request: {
      apiKey: apiKeys['Produce'] as number,
      apiVersion: version,
      apiName: 'Produce',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeProduced(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly timeoutMs: number;
  readonly version: ProduceVersion;
}

function decodeProduced(reader: Reader): ProducedPartition[] {
  reader.tags();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const partitions = reader.compactArray(() => decodePartition(reader, topic));
    reader.tags();
    return partitions;
  });
  return topics.flat();
}

function decodePartition(reader: Reader, topic: string): ProducedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const baseOffset = reader.int64();
  reader.int64();
  reader.int64();
  reader.compactArray(() => {
    reader.int32();
    reader.compactString();
    reader.tags();
  });
  reader.compactString();
  reader.tags();
  return { topic, partition, errorCode, baseOffset };
}
