import { encoded, type Exchange } from '../client/kafkajs.ts';
import type { Leader } from '../client/leader-epochs.ts';
import type { Isolation } from './fetch-request.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Any other, and one of an earlier epoch, refuses to answer (KIP-320). */
  readonly leader: Leader;
}

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** -1 when no record is as young as the wanted time. */
  readonly offset: bigint;
}

/** Instead of a time: the end of the log, which for readers of what is committed is the last stable offset. */
export const LATEST = -1n;
/** Instead of a time: where the log begins. */
export const EARLIEST = -2n;

const LIST_OFFSETS = 2;
const CONSUMER = -1;

/**
 * ListOffsets version 6: of partitions with one leader, each with an error of its own, the offset of the first record that is as
 * young as `at` (milliseconds since 1970-01-01 UTC), or LATEST or EARLIEST.
 */
export function listOffsetsExchange(
  partitions: readonly LedPartition[],
  isolation: Isolation,
  at: bigint,
): Exchange {
  const writer = new Writer().uvarint(0).int32(CONSUMER);
  writer.int8(isolation === 'committed' ? 1 : 0).uvarint(partitions.length + 1);
  for (const { topic, partition, leader } of partitions) {
    writer.compactString(topic).uvarint(2);
    writer.int32(partition).int32(leader.epoch).int64(at).uvarint(0).uvarint(0);
  }
  writer.uvarint(0);
  return {
    request: { apiKey: LIST_OFFSETS, apiVersion: 6, apiName: 'ListOffsets', encode: encoded(writer) },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): ListedOffset[] {
  reader.tags();
  reader.int32();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString() ?? '';
    const partitions = reader.compactArray(() => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.int64();
      const offset = reader.int64();
      reader.int32();
      reader.tags();
      return { topic, partition, errorCode, offset };
    });
    reader.tags();
    return partitions;
  });
  return topics.flat();
}
