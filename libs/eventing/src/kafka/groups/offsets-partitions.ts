import type { TopicPartition } from '../../log/log.ts';
import type { KafkaClient } from '../client/client.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from './coordinated-partition.ts';
import { kafkaError } from '../client/errors.ts';

/**
 * Where the brokers keep the positions of these groups. Empty where this process may not know, and in a cluster that had no group
 * yet: it makes the topic for the first one. Throws KafkaError.
 */
export async function offsetsPartitions(
  client: KafkaClient,
  groups: readonly string[],
): Promise<{ readonly group: string; readonly at: TopicPartition }[]> {
  try {
    const { leaders } = await client.topic(OFFSETS_TOPIC);
    return groups.map((group) => {
      const partition = coordinatedPartition(group, leaders.length);
      return { group, at: { topic: OFFSETS_TOPIC, partition } };
    });
  } catch (error) {
    return kafkaError(error).code === 'UNKNOWN_TOPIC_OR_PARTITION' ? [] : unlessForbidden(error);
  }
}

/** Nothing is known, then. */
export function unlessForbidden(error: unknown): [] {
  if (kafkaError(error).code === 'TOPIC_AUTHORIZATION_FAILED') return [];
  throw error;
}
