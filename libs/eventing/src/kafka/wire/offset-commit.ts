import type { TopicPartition } from '../../log/log.ts';
import { apiKeys, encoded, type Exchange } from '../client/kafkajs.ts';
import { byTopic, type PositionRequest } from '../groups/position-requests.ts';
import type { CommittedPosition } from './txn-offset-commit.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * OffsetCommit version 7 (KIP-345) of positions of one group, under one membership: KafkaJS stops at 5, without the instance id.
 * Outside of any transaction; the broker refuses a member, a generation or an instance that was replaced. Resolves to
 * CommittedPosition, what it said to each of them. `instanceId`: the member's static name, or null.
 */
export function offsetCommitExchange(positions: PositionRequest, instanceId: string | null): Exchange {
  const [{ group, generation, memberId }] = positions;
  const writer = new Writer().string(group).int32(generation).string(memberId).string(instanceId);
  const topics = byTopic(positions);
  writer.int32(topics.size);
  for (const [topic, ofTopic] of topics) {
    writer.string(topic).int32(ofTopic.length);
    for (const { partition, offset, metadata = '' } of ofTopic)
      writer.int32(partition).int64(offset).int32(-1).string(metadata);
  }
  return {
    request: {
      apiKey: apiKeys['OffsetCommit'] as number,
      apiVersion: 7,
      apiName: 'OffsetCommit',
      encode: encoded(writer),
    },
    response: {
      decode: async (bytes) => decodeCommitted(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeCommitted(reader: Reader): CommittedPosition[] {
  reader.int32();
  const topics = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => {
      const at: TopicPartition = { topic, partition: reader.int32() };
      return { ...at, errorCode: reader.int16() };
    });
  });
  return topics.flat();
}
