import { encoded, type Exchange } from '../kafkajs.ts';
import type { Partitions } from './partitions.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface ListedEnd {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly offset: bigint;
}

const LIST_OFFSETS = 2;
const LATEST = -1n;

/**
 * ListOffsets version 6 for the ends of many partitions of one leader, each with an error of its own: the last stable offset
 * for those who read what is committed, the high watermark for all others.
 */
export function listEndsExchange(partitions: Partitions, committed: boolean): Exchange {
  const writer = new Writer()
    .uvarint(0)
    .int32(-1)
    .int8(committed ? 1 : 0);
  writer.uvarint(partitions.size + 1);
  for (const [topic, numbers] of partitions) {
    writer.compactString(topic).uvarint(numbers.length + 1);
    for (const partition of numbers) writer.int32(partition).int32(-1).int64(LATEST).uvarint(0);
    writer.uvarint(0);
  }
  writer.uvarint(0);
  return {
    request: { apiKey: LIST_OFFSETS, apiVersion: 6, apiName: 'ListOffsets', encode: encoded(writer) },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

function decode(reader: Reader): ListedEnd[] {
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
