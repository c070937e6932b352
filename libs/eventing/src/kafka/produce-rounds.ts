import { partitionKey } from '../log/partitions.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { recordSize } from './wire/record-batch.ts';

/** Bytes of one batch: a part of what a topic takes unless it says otherwise (1 MiB), so that lanes that share a partition fit. */
const BATCH_BYTES = 512 * 1024;

/**
 * Splits records into rounds that are sent one after the other: a request has one batch for each partition. Records of a partition
 * keep their order; one that is larger than a batch is to be has a batch of its own.
 */
export function produceRounds(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const rounds: OutgoingRecord[][] = [];
  const filling = new Map<string, { round: number; bytes: number }>();
  for (const record of records) {
    const key = partitionKey(record.topic, record.partition);
    const at = filling.get(key) ?? { round: 0, bytes: 0 };
    const bytes = recordSize(record);
    if (at.bytes > 0 && at.bytes + bytes > BATCH_BYTES) {
      at.round++;
      at.bytes = 0;
    }
    at.bytes += bytes;
    filling.set(key, at);
    (rounds[at.round] ??= []).push(record);
  }
  return rounds;
}
