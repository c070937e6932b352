import type { GroupPosition } from '../../engine/transactions.ts';
import { apiKeys, encoded, type Exchange, protocolError } from '../kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface MemberPosition extends GroupPosition {
  /** The member's static name (KIP-345), or null. */
  readonly instanceId: string | null;
}

/**
 * OffsetCommit version 7 (KIP-345): KafkaJS stops at 5, without the instance id. Outside of any transaction; the
 * broker refuses a member, a generation or an instance that was replaced. Rejects with the protocol's error.
 */
export function offsetCommitExchange(position: MemberPosition): Exchange {
  const writer = new Writer().string(position.group).int32(position.generation);
  writer.string(position.memberId).string(position.instanceId);
  writer.int32(1).string(position.topic);
  writer.int32(1).int32(position.partition).int64(position.offset).int32(-1);
  writer.string(position.metadata ?? '');
  return {
    request: {
      apiKey: apiKeys['OffsetCommit'] as number,
      apiVersion: 7,
      apiName: 'OffsetCommit',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decodeErrorCode(new Reader(bytes)), parse: refuseError },
  };
}

async function refuseError(code: number): Promise<void> {
  if (code !== 0) throw protocolError(code);
}

function decodeErrorCode(reader: Reader): number {
  reader.int32();
  const topics = reader.array(() => {
    reader.string();
    return reader.array(() => {
      reader.int32();
      return reader.int16();
    });
  });
  return topics.flat().find((code) => code !== 0) ?? 0;
}
