import type { GroupPosition } from '../../engine/transactions.ts';
import { apiKeys, encoded, type Exchange } from '../kafkajs.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * Version 3 has member and generation (KIP-447), where KafkaJS stops at 1; with 5 the position enrols its group in the
 * transaction by itself (KIP-890).
 */
export type TxnOffsetCommitVersion = 3 | 5;

/** TxnOffsetCommit of one position. Answers an error code. */
export function txnOffsetCommitExchange(
  producer: ProducerIdentity,
  position: GroupPosition,
  version: TxnOffsetCommitVersion,
): Exchange {
  const writer = new Writer().uvarint(0);
  writer.compactString(producer.transactionalId).compactString(position.group);
  writer.int64(producer.id).int16(producer.epoch);
  writer.int32(position.generation).compactString(position.memberId).compactString(null);
  writer.uvarint(2).compactString(position.topic);
  writer.uvarint(2).int32(position.partition).int64(position.offset).int32(-1);
  writer.compactString(position.metadata ?? null);
  writer.uvarint(0).uvarint(0).uvarint(0);
  return {
    request: {
      apiKey: apiKeys['TxnOffsetCommit'] as number,
      apiVersion: version,
      apiName: 'TxnOffsetCommit',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeErrorCode(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeErrorCode(reader: Reader): number {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    reader.compactString();
    const codes = reader.compactArray(() => {
      reader.int32();
      const code = reader.int16();
      reader.tags();
      return code;
    });
    reader.tags();
    return codes;
  });
  return topics.flat().find((code) => code !== 0) ?? 0;
}
