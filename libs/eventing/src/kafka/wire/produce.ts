import { apiKeys, encoded, type Exchange } from '../kafkajs.ts';
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

/** Produce version 7, to all in-sync replicas. */
export function produceExchange(
  batches: readonly PartitionBatch[],
  transactionalId: string | null,
  timeoutMs: number,
): Exchange {
  const writer = new Writer(256 + batches.reduce((sum, { bytes }) => sum + bytes.length + 64, 0));
  writer.string(transactionalId).int16(-1).int32(timeoutMs).int32(batches.length);
  for (const { topic, partition, bytes } of batches) {
    writer.string(topic).int32(1).int32(partition).int32(bytes.length).raw(bytes);
  }
  return {
    request: {
      apiKey: apiKeys['Produce'] as number,
      apiVersion: 7,
      apiName: 'Produce',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeProduced(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeProduced(reader: Reader): ProducedPartition[] {
  const topics = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      const baseOffset = reader.int64();
      reader.int64();
      reader.int64();
      return { topic, partition, errorCode, baseOffset };
    });
  });
  return topics.flat();
}
