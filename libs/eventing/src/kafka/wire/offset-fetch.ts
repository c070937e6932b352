import type { StoredPosition } from '../../log/log.ts';
import { putOff } from '../errors.ts';
import { apiKeys, encoded, type Exchange, protocolError } from '../kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * OffsetFetch version 7 with `require_stable` (KIP-447): while a transaction of another producer holds offsets
 * of this partition, the broker answers UNSTABLE_OFFSET_COMMIT instead of an offset that may be about to change.
 * Resolves to the offset, -1 when the group has none, and the text that was kept with it; rejects with the protocol's error.
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
    response: {
      decode: async (bytes) => decodePosition(new Reader(bytes), topic, partition),
      parse: async (decoded) => decoded,
    },
  };
}

function decodePosition(reader: Reader, topic: string, partition: number): StoredPosition {
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
  // Not the same as a position that is missing, which would stop the partition.
  if (!found) throw putOff(topic, partition);
  return { offset: found.offset, metadata: found.metadata };
}

function decodePartition(reader: Reader): StoredPosition & { errorCode: number } {
  reader.int32();
  const offset = reader.int64();
  reader.int32();
  const metadata = reader.compactString() ?? '';
  const errorCode = reader.int16();
  reader.tags();
  return { offset, metadata, errorCode };
}
