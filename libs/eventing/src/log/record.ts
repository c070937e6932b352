import { isText } from './text.ts';

/** Headers in their order; a name may stand more than once. */
export type Headers = readonly (readonly [name: string, value: Buffer | null])[];

/** A record as it stands in a partition. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** Who wrote it, if that was in a transaction: brokers let nobody else use such an id. */
  readonly producerId?: bigint;
  /** It is no record: a whole batch that cannot be read stands in the place of its records, its bytes as the value. */
  readonly broken?: Broken;
}

/**
 * A header's value that stands for the id of the producer that writes the record, as text. It says who wrote a record in a
 * way that no copy of it keeps: whoever else writes the same headers has another producer id. As long as the longest id.
 */
export const WRITER = Buffer.from('writer'.padEnd(19));

/** A batch of which nothing can be read but where it ends, how it is compressed, and why that is so. */
export interface Broken {
  readonly lastOffset: bigint;
  readonly codec: string;
  readonly error: Error;
}

/** The offset of what comes next in the partition. */
export const offsetAfter = ({ offset, broken }: ConsumedRecord) => (broken?.lastOffset ?? offset) + 1n;

/** A record on its way to a partition that was computed by us. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** The first value of this header as text; undefined where there is none, or its bytes are not UTF-8. */
export function header(headers: Headers, name: string): string | undefined {
  for (const [candidate, value] of headers) {
    if (candidate === name) return value && isText(value) ? value.toString() : undefined;
  }
  return undefined;
}

/** Whether the producer that this header names, as `WRITER` does, has written the record. */
export function isWrittenBy({ headers, producerId }: ConsumedRecord, name: string): boolean {
  return producerId !== undefined && header(headers, name) === String(producerId);
}

/** Of lengths, counts and times, in a batch, for each record and each header, at their longest. */
const BATCH_BYTES = 64;
const RECORD_BYTES = 64;
const HEADER_BYTES = 10;

/** What a record takes in a batch of its own, without compression: bytes, at most. */
export const sizeAlone = (record: OutgoingRecord): number => sizeTogether([record]);

/** What records of one partition take in one batch, without compression: bytes, at most. */
export const sizeTogether = (records: readonly OutgoingRecord[]): number =>
  records.reduce((sum, record) => sum + sizeOf(record), BATCH_BYTES);

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of headers) size += Buffer.byteLength(name) + (text?.length ?? 0) + HEADER_BYTES;
  return size;
}
