import type { StoredPosition, TopicPartition } from '../../log/log.ts';
import { putOff } from '../client/errors.ts';
import { apiKeys, encoded, type Exchange, protocolError } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface FetchedPosition extends TopicPartition, StoredPosition {}

/**
 * OffsetFetch version 7 with `require_stable` (KIP-447): while a transaction of another producer holds offsets
 * of one of these partitions, the broker answers UNSTABLE_OFFSET_COMMIT instead of an offset that may be about to change.
 * Resolves to the offset of each, -1 when the group has none, and the text that was kept with it; rejects with the protocol's error.
 */
export function offsetFetchExchange(group: string, partitions: readonly TopicPartition[]): Exchange {
  const writer = new Writer().uvarint(0);
  writer.compactString(group).uvarint(partitions.length + 1);
  for (const { topic, partition } of partitions)
    writer.compactString(topic).uvarint(2).int32(partition).uvarint(0);
  writer.int8(1).uvarint(0);
  return {
    request: {
      apiKey: apiKeys['OffsetFetch'] as number,
      apiVersion: 7,
      apiName: 'OffsetFetch',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodePositions(new Reader(bytes), partitions),
      parse: async (decoded) => decoded,
    },
  };
}

function decodePositions(reader: Reader, wanted: readonly TopicPartition[]): FetchedPosition[] {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const partitions = reader.compactArray(() => decodePartition(reader, topic));
    reader.tags();
    return partitions;
  });
  const groupError = reader.int16();
  const found = topics.flat();
  const code = groupError || (found.find(({ errorCode }) => errorCode !== 0)?.errorCode ?? 0);
  if (code !== 0) throw protocolError(code);
  return wanted.map(({ topic, partition }) => {
    const position = found.find((each) => each.topic === topic && each.partition === partition);
    // Not the same as a position that is missing, which would stop the partition.
    if (!position) throw putOff(topic, partition);
    const { offset, metadata } = position;
    return { topic, partition, offset, metadata };
  });
}

function decodePartition(reader: Reader, topic: string): FetchedPosition & { errorCode: number } {
  const partition = reader.int32();
  const offset = reader.int64();
  reader.int32();
  const metadata = reader.compactString() ?? '';
  const errorCode = reader.int16();
  reader.tags();
  return { topic, partition, offset, metadata, errorCode };
}
