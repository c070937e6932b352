import type { OutgoingRecord } from './record.ts';

/** Where the first record of each topic-partition landed, by `partitionKey`. */
export type BaseOffsets = ReadonlyMap<string, bigint>;

export const partitionKey = (topic: string, partition: number) => `${topic}-${partition}`;

/** Records by topic-partition, in the order in which the partitions first appear. */
export function byPartition(records: readonly OutgoingRecord[]): Map<string, OutgoingRecord[]> {
  const groups = new Map<string, OutgoingRecord[]>();
  let group: OutgoingRecord[] = [];
  for (const record of records) {
    // Those of one partition mostly come in a row: their key is made once.
    if (!isBeside(group[0], record)) group = groupOf(groups, record);
    group.push(record);
  }
  return groups;
}

const isBeside = (one: OutgoingRecord | undefined, { topic, partition }: OutgoingRecord) =>
  one !== undefined && one.partition === partition && one.topic === topic;

function groupOf(groups: Map<string, OutgoingRecord[]>, { topic, partition }: OutgoingRecord) {
  const key = partitionKey(topic, partition);
  const known = groups.get(key);
  if (known) return known;
  const group: OutgoingRecord[] = [];
  groups.set(key, group);
  return group;
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
