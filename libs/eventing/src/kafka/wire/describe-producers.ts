import { encoded, type Exchange } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** What the leader of a partition remembers of one producer. */
export interface ActiveProducer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of its last marker in this partition; -1 when there was none. */
  readonly coordinatorEpoch: number;
  /** The first record of its open transaction; -1 when it has none open. */
  readonly startOffset: bigint;
}

export interface PartitionProducers {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly producers: readonly ActiveProducer[];
}

const DESCRIBE_PRODUCERS = 61;

/** DescribeProducers version 0 (KIP-664), to the leader of these partitions. */
export function describeProducersExchange(
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Exchange {
  const writer = new Writer().uvarint(0).uvarint(partitions.length + 1);
  for (const { topic, partition } of partitions)
    writer.compactString(topic).uvarint(2).int32(partition).uvarint(0);
  writer.uvarint(0);
  return {
    request: {
      apiKey: DESCRIBE_PRODUCERS,
      apiVersion: 0,
      apiName: 'DescribeProducers',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): PartitionProducers[] {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const partitions = reader.compactArray(() => decodePartition(reader, topic));
    reader.tags();
    return partitions;
  });
  return topics.flat();
}

function decodePartition(reader: Reader, topic: string): PartitionProducers {
  const partition = reader.int32();
  const errorCode = reader.int16();
  reader.compactString();
  const producers = reader.compactArray(() => decodeProducer(reader));
  reader.tags();
  return { topic, partition, errorCode, producers };
}

function decodeProducer(reader: Reader): ActiveProducer {
  const producerId = reader.int64();
  const producerEpoch = reader.int32();
  reader.int32();
  reader.int64();
  const coordinatorEpoch = reader.int32();
  const startOffset = reader.int64();
  reader.tags();
  return { producerId, producerEpoch, coordinatorEpoch, startOffset };
}
