import type { TopicPartition } from '../../log/log.ts';
import { byTopic, type PositionRequest } from '../groups/position-requests.ts';
import { apiKeys, encoded, type Exchange } from '../client/kafkajs.ts';
import type { ProducerIdentity } from './producer-identity.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * Version 3 has member and generation (KIP-447), where KafkaJS stops at 1; with 5 the position enrols its group in the
 * transaction by itself (KIP-890).
 */
export type TxnOffsetCommitVersion = 3 | 5;

/** What the coordinator of a group said to one of its positions. */
export interface CommittedPosition extends TopicPartition {
  readonly errorCode: number;
}

/** TxnOffsetCommit of positions of one group, under one membership. */
export function txnOffsetCommitExchange(
  producer: ProducerIdentity,
  positions: PositionRequest,
  version: TxnOffsetCommitVersion,
): Exchange {
  const [{ group, generation, memberId }] = positions;
  const writer = new Writer().uvarint(0);
  writer.compactString(producer.transactionalId).compactString(group);
  writer.int64(producer.id).int16(producer.epoch);
  writer.int32(generation).compactString(memberId).compactString(null);
  const topics = byTopic(positions);
  writer.uvarint(topics.size + 1);
  for (const [topic, ofTopic] of topics) {
    writer.compactString(topic).uvarint(ofTopic.length + 1);
    for (const { partition, offset, metadata } of ofTopic)
      writer
        .int32(partition)
        .int64(offset)
        .int32(-1)
        .compactString(metadata ?? null)
        .uvarint(0);
    writer.uvarint(0);
  }
  writer.uvarint(0);
  return {
    request: {
      apiKey: apiKeys['TxnOffsetCommit'] as number,
      apiVersion: version,
      apiName: 'TxnOffsetCommit',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeCommitted(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeCommitted(reader: Reader): CommittedPosition[] {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const positions = reader.compactArray(() => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.tags();
      return { topic, partition, errorCode };
    });
    reader.tags();
    return positions;
  });
  return topics.flat();
}
