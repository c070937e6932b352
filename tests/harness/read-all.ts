import { type KafkaClient, readPartition, stableEnd } from '@atelier/eventing/kafka';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { CEILING_MS } from '@atelier/local-stack';

/** Every committed record of a topic, partition by partition. */
export async function readAll(client: KafkaClient, topic: string): Promise<ConsumedRecord[]> {
  const { leaders } = await client.topic(topic);
  const partitions = await Promise.all(leaders.map((_, partition) => readOne(client, topic, partition)));
  return partitions.flat();
}

async function readOne(client: KafkaClient, topic: string, partition: number): Promise<ConsumedRecord[]> {
  const to = await stableEnd(client, topic, partition);
  const range = { from: 0n, to, signal: AbortSignal.timeout(CEILING_MS) };
  const all: ConsumedRecord[] = [];
  for await (const { records } of readPartition(client, topic, partition, range)) all.push(...records);
  return all;
}
