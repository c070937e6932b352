import type { ConsumedRecord } from '../record.ts';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts';
import { Reader } from './reader.ts';
import { decodeRecords, recordBatches } from './record-batch.ts';

/** What one fetch brought of one partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  /** Committed records from the wanted offset on. */
  readonly records: readonly ConsumedRecord[];
  /** Where the next fetch goes on: control records and aborted ones leave gaps. */
  readonly nextOffset: bigint;
  /** Why the records cannot be read, if so: an unknown codec, damaged bytes. */
  readonly unreadable?: Error;
}

/** Decodes a Fetch response of version 11. `from` gives the offset that was wanted of each partition. */
export function decodeFetch(
  bytes: Buffer,
  from: (topic: string, partition: number) => bigint,
): FetchedPartition[] {
  return decodeSections(bytes).map(({ aborted, bytes: section, ...part }) => {
    const { topic, partition } = part;
    const wanted = from(topic, partition);
    return {
      ...part,
      ...attempt(() => readCommitted(section, aborted, topic, partition, wanted), wanted),
    };
  });
}

/** What a Fetch response of version 11 has of each partition, its batches still encoded. */
export interface FetchedSection {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  readonly aborted: readonly AbortedTransaction[];
  readonly bytes: Buffer;
}

export function decodeSections(bytes: Buffer): FetchedSection[] {
  const reader = new Reader(bytes);
  reader.int32();
  reader.int16();
  reader.int32();
  const topics = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => decodeSection(reader, topic));
  });
  return topics.flat();
}

function decodeSection(reader: Reader, topic: string): FetchedSection {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = reader.int64();
  const aborted = reader.array<AbortedTransaction>(() => ({
    producerId: reader.int64(),
    firstOffset: reader.int64(),
  }));
  reader.int32();
  // A copy, so that a record that is kept does not keep the whole answer.
  const bytes = Buffer.from(reader.raw(Math.max(0, reader.int32())));
  return { topic, partition, errorCode, highWatermark, lastStableOffset, logStartOffset, aborted, bytes };
}

/** The committed records of a fetched log section, from an offset on, and where the next fetch goes on. */
export function readCommitted(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  topic: string,
  partition: number,
  from: bigint,
): Pick<FetchedPartition, 'records' | 'nextOffset'> {
  const transactions = new AbortedTransactions(aborted);
  const records: ConsumedRecord[] = [];
  let nextOffset = from;
  for (const batch of recordBatches(bytes)) {
    const hidden = transactions.hides(batch);
    if (batch.lastOffset >= nextOffset) nextOffset = batch.lastOffset + 1n;
    if (hidden || batch.lastOffset < from) continue;
    for (const record of decodeRecords(batch, topic, partition))
      if (record.offset >= from) records.push(record);
  }
  return { records, nextOffset };
}

/** One partition that cannot be read must not take the others of the same answer with it. */
function attempt(
  read: () => Pick<FetchedPartition, 'records' | 'nextOffset'>,
  nextOffset: bigint,
): Pick<FetchedPartition, 'records' | 'nextOffset' | 'unreadable'> {
  try {
    return read();
  } catch (error) {
    return { records: [], nextOffset, unreadable: error as Error };
  }
}
