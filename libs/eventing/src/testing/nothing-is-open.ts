import type { KafkaClient } from '../kafka/client.ts';
import { logEnd, stableEnd } from '../kafka/positions.ts';

/**
 * Whether all of a topic is visible. The marker of one commit comes to its partitions one after the other: what is seen in
 * one may be hidden in another.
 */
export async function nothingIsOpen(client: KafkaClient, topic: string): Promise<boolean> {
  const partitions = [...(await client.topic(topic)).leaders.keys()];
  const closed = partitions.map(async (partition) => {
    return (await stableEnd(client, topic, partition)) === (await logEnd(client, topic, partition));
  });
  return (await Promise.all(closed)).every(Boolean);
}
