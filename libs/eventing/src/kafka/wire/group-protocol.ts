import type { Held } from '../../engine/ports/membership.ts';
import type { TopicPartition } from '../../log/log.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** The bytes that members of a consumer group exchange through the coordinator (ConsumerProtocol version 0). */

export function encodeSubscription(topics: readonly string[], held: Held): Buffer {
  const userData = Buffer.from(JSON.stringify(held));
  const writer = new Writer().int16(0).int32(topics.length);
  for (const topic of topics) writer.string(topic);
  return writer.int32(userData.length).raw(userData).slice(0);
}

export function decodeSubscription(bytes: Buffer): { topics: string[] } & Held {
  const reader = new Reader(bytes);
  reader.int16();
  const topics = reader.array(() => reader.string() ?? '');
  const userData = reader.raw(Math.max(0, reader.int32())).toString();
  const { running = [], stored = [] } = userData ? (JSON.parse(userData) as Partial<Held>) : {};
  return { topics, running, stored };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const topics = Map.groupBy(partitions, ({ topic }) => topic);
  const writer = new Writer().int16(0).int32(topics.size);
  for (const [topic, group] of topics) {
    writer.string(topic).int32(group.length);
    for (const { partition } of group) writer.int32(partition);
  }
  return writer.int32(-1).slice(0);
}

export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length < 2) return [];
  const reader = new Reader(bytes);
  reader.int16();
  const topics = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => ({ topic, partition: reader.int32() }));
  });
  return topics.flat();
}
