import { apiKeys, encoded, type Exchange, protocolError } from '../kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * OffsetFetch version 7 with `require_stable` (KIP-447): while a transaction of another producer holds offsets
 * of this partition, the broker answers UNSTABLE_OFFSET_COMMIT instead of an offset that may be about to change.
 * Resolves to the offset, or -1 when the group has none; rejects with the protocol's error.
 */
export function offsetFetchExchange(group: string, topic: string, partition: number): Exchange {
  const writer = new Writer().uvarint(0);
  writer.compactString(group).uvarint(2).compactString(topic);
  writer.uvarint(2).int32(partition).uvarint(0).int8(1).uvarint(0);
  return {
    request: {
      apiKey: apiKeys['OffsetFetch'] as number,
      apiVersion: 7,
      apiName: 'OffsetFetch',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decodeOffset(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decodeOffset(reader: Reader): bigint {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    reader.compactString();
    const partitions = reader.compactArray(() => decodePartition(reader));
    reader.tags();
    return partitions;
  });
  const groupError = reader.int16();
  const found = topics.flat()[0];
  const code = groupError || (found?.errorCode ?? 0);
  if (code !== 0) throw protocolError(code);
  return found?.offset ?? -1n;
}

function decodePartition(reader: Reader): { offset: bigint; errorCode: number } {
  reader.int32();
  const offset = reader.int64();
  reader.int32();
  reader.compactString();
  const errorCode = reader.int16();
  reader.tags();
  return { offset, errorCode };
}
