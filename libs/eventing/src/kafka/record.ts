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
}

/**
 * A header's value that stands for the id of the producer that writes the record, as text. It says who wrote a record in a
 * way that no copy of it keeps: whoever else writes the same headers has another producer id. As long as the longest id.
 */
export const WRITER = Buffer.from('writer'.padEnd(19));

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

/** Of lengths, counts and times, in a batch and for each of its headers, at their longest. */
const BATCH_BYTES = 128;
const HEADER_BYTES = 10;

/** What a record takes in a batch of its own: bytes, at most. */
export function sizeAlone({ key, value, headers }: OutgoingRecord): number {
  const lengths = headers.map(([name, text]) => Buffer.byteLength(name) + (text?.length ?? 0) + HEADER_BYTES);
  return lengths.reduce(
    (sum, length) => sum + length,
    BATCH_BYTES + (key?.length ?? 0) + (value?.length ?? 0),
  );
}
