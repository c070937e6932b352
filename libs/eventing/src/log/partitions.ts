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

/** Where each record landed, by `partitionKey`, in the order in which they were written. */
export type RecordOffsets = ReadonlyMap<string, readonly bigint[]>;

/** Where the first records of each of several stretches landed that were written one behind the other. */
export function offsetsOfEach(
  stretches: readonly (readonly OutgoingRecord[])[],
  offsets: RecordOffsets,
): BaseOffsets[] {
  const written = new Map<string, number>();
  return stretches.map((records) => {
    const own = new Map<string, bigint>();
    for (const [key, group] of byPartition(records)) {
      const before = written.get(key) ?? 0;
      const base = offsets.get(key)?.[before];
      if (base !== undefined) own.set(key, base);
      written.set(key, before + group.length);
    }
    return own;
  });
}
