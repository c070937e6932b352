import { type OutgoingRecord, sizeAlone, WRITER } from '../../log/record.ts';
import { writtenName } from '../../log/text.ts';
import { CODECS, type Codec, compress } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { BEFORE_ATTRIBUTES, BEFORE_RECORDS, TRANSACTIONAL } from './record-batch.ts';
import { Writer } from './writer.ts';

/**
 * Bytes of records above which a batch is compressed whatever was chosen: no topic takes so many unless it is told to. What
 * came compressed, and is given on, needs no more room than it had.
 */
const LARGE_BYTES = 1024 * 1024;

export interface ProducerState {
  readonly id: bigint;
  readonly epoch: number;
  readonly transactional: boolean;
}

/** Encodes records of one topic-partition as one batch. It is compressed where that makes it smaller. */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  producer: ProducerState,
  firstSequence: number,
  now: number,
  codec: Codec = 'none',
): Buffer {
  const writer = new Writer(256 + records.length * 256);
  const attributes = producer.transactional ? TRANSACTIONAL : 0;
  writer.int64(0n).int32(0).int32(-1).int8(2).uint32(0);
  writer.int16(attributes).int32(records.length - 1);
  writer.int64(BigInt(now)).int64(BigInt(now));
  writer.int64(producer.id).int16(producer.epoch).int32(firstSequence).int32(records.length);
  records.forEach((record, index) => encodeRecord(writer, naming(record, producer), index));
  const chosen = codec === 'none' && writer.size > LARGE_BYTES ? 'gzip' : codec;
  if (chosen !== 'none') compressBody(writer, chosen, attributes);
  writer.putInt32(8, writer.size - 12);
  writer.putUInt32(BEFORE_ATTRIBUTES - 4, crc32c(writer.slice(BEFORE_ATTRIBUTES)));
  return writer.slice(0);
}

/** With the producer's id where a header asks for it. */
function naming(record: OutgoingRecord, { id }: ProducerState): OutgoingRecord {
  if (record.headers.every(([, value]) => value !== WRITER)) return record;
  const headers = record.headers.map(
    ([name, value]) => [name, value === WRITER ? Buffer.from(String(id)) : value] as const,
  );
  return { ...record, headers };
}

const LONGEST_ID = 2n ** 63n - 1n;

/** Bytes of a record in a batch of its own, as it is sent where no codec was chosen. */
export function sizeOnTheWire(record: OutgoingRecord): number {
  const alone = sizeAlone(record);
  if (alone <= LARGE_BYTES) return alone;
  return encodeBatch([record], { id: LONGEST_ID, epoch: -1, transactional: false }, 0, 0).length;
}

function compressBody(writer: Writer, codec: Codec, attributes: number): void {
  const compressed = compress(codec, writer.slice(BEFORE_RECORDS));
  if (BEFORE_RECORDS + compressed.length >= writer.size) return;
  writer.cut(BEFORE_RECORDS).raw(compressed);
  writer.putInt16(BEFORE_ATTRIBUTES, attributes | CODECS.indexOf(codec));
}

function encodeRecord(writer: Writer, record: OutgoingRecord, offsetDelta: number): void {
  writer.varint(recordSize(record, offsetDelta));
  writer.int8(0).varlong(0).varint(offsetDelta);
  encodeBytes(writer, record.key);
  encodeBytes(writer, record.value);
  writer.varint(record.headers.length);
  for (const [name, value] of record.headers) {
    writer.raw(nameBytes(name));
    encodeBytes(writer, value);
  }
}

/** Names of headers behind their lengths, as they stand in records: most records have the same few. */
const names = new Map<string, Buffer>();
const MOST_NAMES = 1_000;

function nameBytes(name: string): Buffer {
  const known = names.get(name);
  if (known) return known;
  const written = writtenName(name);
  const bytes = new Writer(64).varint(Buffer.byteLength(written)).raw(written).slice(0);
  if (names.size < MOST_NAMES) names.set(name, bytes);
  return bytes;
}

function encodeBytes(writer: Writer, bytes: Buffer | null): void {
  if (bytes === null) writer.varint(-1);
  else writer.varint(bytes.length).raw(bytes);
}

/** Bytes of one record in a batch, without the length in front of it. */
export function recordSize(record: Omit<OutgoingRecord, 'topic' | 'partition'>, offsetDelta = 0): number {
  let size = 2 + varintSize(offsetDelta) + bytesSize(record.key) + bytesSize(record.value);
  size += varintSize(record.headers.length);
  for (const [name, value] of record.headers) size += nameBytes(name).length + bytesSize(value);
  return size;
}

function bytesSize(bytes: Buffer | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = ((value << 1) ^ (value >> 31)) >>> 0; rest > 127; rest >>>= 7) size++;
  return size;
}
