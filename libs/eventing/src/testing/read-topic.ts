import { readPartition } from '../kafka/partition-reader.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { logStart, stableEnd } from '../kafka/positions.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { patience } from './scratch-broker.ts';

/** The committed records of a topic, those of all partitions one after the other. */
export async function readTopic(client: KafkaClient, topic: string): Promise<ConsumedRecord[]> {
  const all: ConsumedRecord[] = [];
  for (const partition of (await client.topic(topic)).leaders.keys()) {
    const [from, to] = [await logStart(client, topic, partition), await stableEnd(client, topic, partition)];
    const range = { from, to, signal: patience() };
    for await (const { records } of readPartition(client.sibling('reader'), topic, partition, range))
      all.push(...records);
  }
  return all;
}
