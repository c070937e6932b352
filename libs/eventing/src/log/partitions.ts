import type { OutgoingRecord } from './record.ts';

/** Where the first record of each topic-partition landed, by `partitionKey`. */
export type BaseOffsets = ReadonlyMap<string, bigint>;

export const partitionKey = (topic: string, partition: number) => `${topic}-${partition}`;

/** Records by topic-partition, in the order in which the partitions first appear. */
export function byPartition(records: readonly OutgoingRecord[]): Map<string, OutgoingRecord[]> {
  const groups = new Map<string, OutgoingRecord[]>();
  for (const record of records) {
    const key = partitionKey(record.topic, record.partition);
    const group = groups.get(key);
    if (group) group.push(record);
    else groups.set(key, [record]);
  }
  return groups;
}
