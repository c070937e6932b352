import { LogError } from './errors.ts';
import type { Chunk, Log, TopicPartition } from './log.ts';
import type { ConsumedRecord } from './record.ts';

/**
 * The committed records that stand at these offsets of a partition, which are in order, in chunks. What lies between them is read
 * only where it comes along. Throws LogError, RECORD_MISSING where none stands.
 */
export async function* recordsAt(
  log: Log,
  { topic, partition }: TopicPartition,
  offsets: readonly bigint[],
  signal: AbortSignal,
): AsyncGenerator<readonly ConsumedRecord[]> {
  const last = offsets.at(-1);
  if (last === undefined) return;
  for (let count = 0; count < offsets.length;) {
    const range = { from: offsets[count] as bigint, to: last + 1n, signal };
    for await (const chunk of log.read(topic, partition, range)) {
      const found = among(chunk, offsets, count);
      if (found.length > 0) yield found;
      count += found.length;
      const next = offsets[count] ?? chunk.nextOffset;
      if (next < chunk.nextOffset) throw missing(topic, partition, next);
      if (next > chunk.nextOffset) break;
    }
  }
}

/** The wanted ones of a chunk, up to one that is missing. */
function among({ records }: Chunk, offsets: readonly bigint[], from: number): ConsumedRecord[] {
  const found: ConsumedRecord[] = [];
  for (const record of records) if (record.offset === offsets[from + found.length]) found.push(record);
  return found;
}

const missing = (topic: string, partition: number, offset: bigint) =>
  new LogError('RECORD_MISSING', `No committed record stands at ${topic}-${partition} offset ${offset}`, {
    retryable: false,
    fields: { topic, partition, offset },
  });
