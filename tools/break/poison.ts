import { catalogue } from '@atelier/contracts';
import { topicOf } from '@atelier/eventing/domain';
import { KafkaClient, LogAppender } from '@atelier/eventing/kafka';
import type { OutgoingRecord } from '@atelier/eventing/log';
import { partitionOf } from '@atelier/eventing/serde';

/**
 * Records as a broken producer writes them: no schema id in front, and no type in the headers. Each has a key of its own, in
 * which the run is named, and is on that key's partition.
 */
export function poisonRecords(topic: string, count: number, run: string): OutgoingRecord[] {
  const { partitions } = topicOf(catalogue, topic);
  return Array.from({ length: count }, (_, index) => {
    const id = `poison-${run}-${index + 1}`;
    return {
      topic,
      partition: partitionOf(id, partitions),
      key: Buffer.from(id),
      value: Buffer.from(`${id} is not a message of ${topic}`),
      headers: [['ce_id', Buffer.from(id)]],
    };
  });
}

/** Where records are: the partition, and their offsets in it. */
export type Places = ReadonlyMap<number, readonly bigint[]>;

/** A machine that stalls leaves a broker without its partitions for a while. */
const PATIENCE_MS = 60_000;

export async function write(brokers: string, records: readonly OutgoingRecord[]): Promise<Places> {
  const client = new KafkaClient({ brokers: brokers.split(','), clientId: 'fault' });
  const log = new LogAppender(client, PATIENCE_MS);
  try {
    const offsets = await Promise.all(records.map((record) => log.append(record)));
    const placed = records.map(({ partition }, index) => ({ partition, offset: offsets[index] ?? -1n }));
    const byPartition = [...Map.groupBy(placed, ({ partition }) => partition)];
    return new Map(byPartition.map(([partition, group]) => [partition, group.map(({ offset }) => offset)]));
  } finally {
    await client.close();
  }
}
