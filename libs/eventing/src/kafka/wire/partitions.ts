import type { Writer } from './writer.ts';

/** Partitions by topic, as several requests name them. */
export type Partitions = ReadonlyMap<string, readonly number[]>;

/** A compact array of topics, each with a compact array of partitions and tagged fields (KIP-482). */
export function writePartitions(writer: Writer, partitions: Partitions): Writer {
  writer.uvarint(partitions.size + 1);
  for (const [topic, numbers] of partitions) {
    writer.compactString(topic).uvarint(numbers.length + 1);
    for (const partition of numbers) writer.int32(partition);
    writer.uvarint(0);
  }
  return writer;
}
