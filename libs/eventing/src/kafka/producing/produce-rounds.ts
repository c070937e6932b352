import { byPartition } from '../../log/partitions.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import { recordSize } from '../wire/encode-batch.ts';

/** Bytes of one batch: a part of what a topic takes unless it says otherwise (1 MiB), so that lanes that share a partition fit. */
const BATCH_BYTES = 512 * 1024;

/**
 * Splits the records of a transaction's parts into rounds that are sent one after the other: a request has one batch for each
 * partition. What one part has for a partition stays together, one behind the other in the log; a batch that is too large for its
 * topic by that is the part's own fault. Records of a partition keep their order.
 */
export function produceRounds(parts: readonly (readonly OutgoingRecord[])[]): OutgoingRecord[][] {
  const rounds: OutgoingRecord[][] = [];
  const filling = new Map<string, { round: number; bytes: number }>();
  for (const part of parts)
    for (const [key, records] of byPartition(part)) {
      const at = filling.get(key) ?? { round: 0, bytes: 0 };
      const bytes = records.reduce((sum, record) => sum + recordSize(record), 0);
      if (at.bytes > 0 && at.bytes + bytes > BATCH_BYTES) {
        at.round++;
        at.bytes = 0;
      }
      at.bytes += bytes;
      filling.set(key, at);
      while (rounds.length <= at.round) rounds.push([]);
      rounds[at.round]?.push(...records);
    }
  return rounds;
}
