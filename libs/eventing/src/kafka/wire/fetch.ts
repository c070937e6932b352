import type { Fetched } from '../../engine/ports/feeds.ts';
import { batchLimit } from '../../domain/index.ts';
import { KafkaError } from '../client/errors.ts';
import { weightOf } from '../../engine/worker/held-records.ts';
import { type ConsumedRecord, offsetAfter } from '../../log/record.ts';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts';
import { BrokenBatch, unread } from './broken-batch.ts';
import { Reader } from './reader.ts';
import { decodeRecords, isIntact, type RecordBatch, recordBatches } from './record-batch.ts';

/** What one fetch brought of one partition. */
export interface FetchedPartition extends Omit<Fetched, 'at'> {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly logStartOffset: bigint;
  /** Why nothing can be read from the wanted offset on, if so: bytes that were damaged. */
  readonly unreadable?: Error;
}

/**
 * Decodes a Fetch response of version 11. `from` gives the offset that was wanted of each partition, `maxBatchBytes` the memory that one
 * batch may take; the whole answer may take as much again. What does not fit is left for the next fetch: few bytes may come to many.
 */
export function decodeFetch(
  bytes: Buffer,
  from: (topic: string, partition: number) => bigint,
  maxBatchBytes = Infinity,
): FetchedPartition[] {
  const room: Room = { maxBatchBytes, left: maxBatchBytes };
  return decodeSections(bytes).map((section) => {
    const { aborted: _, bytes: __, ...part } = section;
    const wanted = from(section.topic, section.partition);
    return { ...part, ...attempt(() => readCommitted(section, wanted, room), wanted) };
  });
}

/** Bytes of memory for the batches of one answer; what is left may become negative by one of them. */
interface Room {
  readonly maxBatchBytes: number;
  left: number;
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

type Read = Pick<FetchedPartition, 'records' | 'nextOffset'>;

/** The committed records of a fetched log section, from an offset on, and where the next fetch goes on. */
export function readCommitted(
  { bytes, aborted, topic, partition }: Pick<FetchedSection, 'bytes' | 'aborted' | 'topic' | 'partition'>,
  from: bigint,
  room: Room = { maxBatchBytes: Infinity, left: Infinity },
): Read {
  const transactions = new AbortedTransactions(aborted);
  const records: ConsumedRecord[] = [];
  let nextOffset = from;
  for (const batch of recordBatches(bytes)) {
    const hidden = transactions.hides(batch);
    if (!hidden && batch.lastOffset >= from) {
      const found = room.left > 0 ? recordsOf(batch, topic, partition, room) : undefined;
      if (!found && room.left > 0 && nextOffset === from) throw damaged(batch);
      // The next fetch begins here.
      if (!found) break;
      for (const record of found) if (offsetAfter(record) > from) records.push(record);
    }
    if (batch.lastOffset >= nextOffset) nextOffset = batch.lastOffset + 1n;
  }
  return { records, nextOffset };
}

/** The records of a batch, or the whole of it when it is broken; undefined when it is not as it was written. */
function recordsOf(
  batch: RecordBatch,
  topic: string,
  partition: number,
  room: Room,
): readonly ConsumedRecord[] | undefined {
  try {
    const records = decodeRecords(batch, topic, partition, batchLimit(topic, room.maxBatchBytes));
    room.left -= batch.codec === 'none' ? batch.bytes.length : weightOfAll(records);
    return records;
  } catch (error) {
    if (!(error instanceof BrokenBatch)) throw error;
    room.left -= batch.bytes.length;
    return isIntact(batch) ? [unread(batch, topic, partition, error)] : undefined;
  }
}

const weightOfAll = (records: readonly ConsumedRecord[]) =>
  records.reduce((sum, record) => sum + weightOf(record), 0);

/** Another copy of it may be whole: what a network or a disk has done is no fault of a record. */
const damaged = ({ baseOffset, lastOffset }: RecordBatch) =>
  new KafkaError(
    'CORRUPT_MESSAGE',
    `the batch of offsets ${baseOffset} to ${lastOffset} does not have its checksum: it was damaged`,
    { retryable: true },
  );

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
