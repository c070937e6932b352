import { LogError } from './log-error.ts';

export interface LoggedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timestamp: number;
  readonly key: string | null;
  /** A view into the broker's answer: copy it to keep it. Null also where values were not asked for. */
  readonly value: Buffer | null;
  /** Of a repeated name the last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly transactional: boolean;
}

/** One batch of the log: records, or with `marker` the end of its producer's transaction in this partition. */
export interface Batch {
  readonly baseOffset: bigint;
  readonly nextOffset: bigint;
  /** Milliseconds since 1970-01-01 UTC; of a marker the broker's, when it was written. */
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly transactional: boolean;
  readonly marker: 'commit' | 'abort' | undefined;
  readonly records: readonly LoggedRecord[];
}

export interface Origin {
  readonly topic: string;
  readonly partition: number;
  /** Records below are left out: a batch is delivered whole, even when it is asked for from its middle on. */
  readonly from: bigint;
  readonly withValues: boolean;
}

const HEADER = 61;
const LENGTH_END = 12;
const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/**
 * The complete record batches of a fetch answer: format 2 (KIP-98), not compressed. Throws a LogError for any
 * other one. Checksums are left to the broker.
 */
export function decodeBatches(bytes: Buffer, origin: Origin): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at + HEADER <= bytes.length;) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    batches.push(decodeBatch(bytes.subarray(at, end), origin));
    at = end;
  }
  return batches;
}

function decodeBatch(bytes: Buffer, origin: Origin): Batch {
  const attributes = bytes.readInt16BE(21);
  refuse(bytes.readInt8(16) !== 2, origin, 'is not of format 2');
  refuse((attributes & COMPRESSION) !== 0, origin, 'is compressed');
  const isControl = (attributes & CONTROL) !== 0;
  return {
    baseOffset: bytes.readBigInt64BE(0),
    maxTimestamp: Number(bytes.readBigInt64BE(35)),
    nextOffset: bytes.readBigInt64BE(0) + BigInt(bytes.readInt32BE(23)) + 1n,
    producerId: bytes.readBigInt64BE(43),
    epoch: bytes.readInt16BE(51),
    transactional: (attributes & TRANSACTIONAL) !== 0,
    marker: isControl ? markerOf(bytes) : undefined,
    records: isControl ? [] : new RecordCursor(bytes, attributes, origin).all(),
  };
}

function refuse(condition: boolean, { topic, partition }: Origin, why: string): void {
  if (!condition) return;
  throw new LogError(
    'UNREADABLE',
    `A batch of ${topic}-${partition} ${why}: this reader takes format 2 without compression only`,
    { retryable: false },
  );
}

/** The key of a control record is its version and its type; types other than 0 and 1 end nothing. */
function markerOf(bytes: Buffer): Batch['marker'] {
  const cursor = new VarintCursor(bytes, HEADER);
  cursor.varint();
  cursor.at += 1;
  cursor.varint();
  cursor.varint();
  cursor.varint();
  const type = bytes.readInt16BE(cursor.at + 2);
  return type === 1 ? 'commit' : type === 0 ? 'abort' : undefined;
}

class VarintCursor {
  protected readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Zigzag, up to 53 bits: time differences may have more than 32. */
  varint(): number {
    let byte = this.bytes[this.at++] as number;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Null when the size in front is negative. */
  text(): string | null {
    const size = this.varint();
    if (size < 0) return null;
    const start = this.at;
    this.at += size;
    return this.bytes.toString('utf8', start, this.at);
  }
}

class RecordCursor extends VarintCursor {
  private readonly origin: Origin;
  private readonly transactional: boolean;
  private readonly baseOffset: bigint;
  private readonly baseTime: number;
  /** The broker's time, of all records of the batch. */
  private readonly appendTime: number | undefined;

  constructor(bytes: Buffer, attributes: number, origin: Origin) {
    super(bytes, HEADER);
    this.origin = origin;
    this.transactional = (attributes & TRANSACTIONAL) !== 0;
    this.baseOffset = bytes.readBigInt64BE(0);
    this.baseTime = Number(bytes.readBigInt64BE(27));
    this.appendTime = attributes & LOG_APPEND_TIME ? Number(bytes.readBigInt64BE(35)) : undefined;
  }

  all(): LoggedRecord[] {
    const records: LoggedRecord[] = [];
    for (let left = this.bytes.readInt32BE(57); left > 0; left--) {
      const size = this.varint();
      const end = this.at + size;
      const record = this.record();
      refuse(this.at !== end, this.origin, 'has a record of a wrong size');
      if (record.offset >= this.origin.from) records.push(record);
    }
    return records;
  }

  private record(): LoggedRecord {
    this.at += 1;
    const time = this.varint();
    const offset = this.baseOffset + BigInt(this.varint());
    const { topic, partition } = this.origin;
    return {
      topic,
      partition,
      offset,
      timestamp: this.appendTime ?? this.baseTime + time,
      key: this.text(),
      value: this.value(),
      headers: this.headers(),
      transactional: this.transactional,
    };
  }

  private value(): Buffer | null {
    const size = this.varint();
    if (size < 0) return null;
    const start = this.at;
    this.at += size;
    return this.origin.withValues ? this.bytes.subarray(start, this.at) : null;
  }

  private headers(): Map<string, string> {
    const headers = new Map<string, string>();
    for (let left = this.varint(); left > 0; left--) headers.set(this.text() ?? '', this.text() ?? '');
    return headers;
  }
}
