import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { crc32c } from '../kafkajs.ts';
import { type ConsumedRecord, type Headers, type OutgoingRecord, WRITER } from '../record.ts';
import { writtenName } from '../text.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const LOG_APPEND_TIME = 0x08;
/** Bytes of a batch before its attributes: base offset, length, leader epoch, magic, checksum. */
const BEFORE_ATTRIBUTES = 21;

/** The header of a record batch (message format v2, KIP-98), with its records still encoded. */
export interface RecordBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
  readonly body: Buffer;
}

/** The batches of a fetch response, in order. A last one that was cut off by the size limit is left out. */
export function* recordBatches(bytes: Buffer): Generator<RecordBatch> {
  const reader = new Reader(bytes);
  while (reader.left > 12) {
    const baseOffset = reader.int64();
    const length = reader.int32();
    if (reader.left < length) return;
    yield batchHeader(new Reader(reader.raw(length)), baseOffset);
  }
}

function batchHeader(reader: Reader, baseOffset: bigint): RecordBatch {
  reader.int32();
  const magic = reader.int8();
  if (magic !== 2) throw new Error(`Record batch with message format ${magic}: only version 2 is read`);
  reader.int32();
  const attributes = reader.int16();
  const lastOffset = baseOffset + BigInt(reader.int32());
  const baseTimestamp = Number(reader.int64());
  const maxTimestamp = Number(reader.int64());
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  reader.int32();
  const count = reader.int32();
  return {
    baseOffset,
    lastOffset,
    producerId,
    producerEpoch,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    attributes,
    baseTimestamp,
    maxTimestamp,
    count,
    body: reader.raw(reader.left),
  };
}

/** The type of a control batch: true when it ends a transaction by aborting it. */
export function isAbortMarker(batch: RecordBatch): boolean {
  const reader = new Reader(batch.body);
  reader.varint();
  reader.int8();
  reader.varlong();
  reader.varint();
  const key = reader.varbytes();
  return key !== null && key.readInt16BE(2) === 0;
}

/** Decodes the records of a batch. Throws RangeError where its lengths and counts are not those of its bytes. */
export function decodeRecords(batch: RecordBatch, topic: string, partition: number): ConsumedRecord[] {
  const reader = new Reader(decompress(batch));
  const records: ConsumedRecord[] = [];
  const writer = batch.transactional ? { producerId: batch.producerId } : {};
  const appendTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  for (let i = 0; i < batch.count; i++) {
    const length = reader.varint();
    const end = reader.at + length;
    reader.int8();
    const timestampDelta = reader.varlong();
    const offset = batch.baseOffset + BigInt(reader.varint());
    const timestamp = appendTime ? batch.maxTimestamp : batch.baseTimestamp + timestampDelta;
    const key = reader.varbytes();
    const value = reader.varbytes();
    const headers = decodeHeaders(reader);
    records.push({ topic, partition, offset, timestamp, key, value, headers, ...writer });
    if (reader.at !== end) throw new RangeError(`record ${i} is not as long as it says: ${length} bytes`);
  }
  if (batch.count < 0 || reader.left > 0)
    throw new RangeError(`${reader.left} bytes are left behind the last of ${batch.count} records`);
  return records;
}

function decodeHeaders(reader: Reader): Headers {
  const headers: [string, Buffer | null][] = [];
  for (let count = reader.varint(); count !== 0; count--) {
    if (count < 0) throw new RangeError(`${count} headers`);
    const name = reader.name(reader.varint());
    headers.push([name, reader.varbytes()]);
  }
  return headers;
}

function decompress(batch: RecordBatch): Buffer {
  const codec = batch.attributes & 7;
  if (codec === 0) return batch.body;
  if (codec === 1) return gunzipSync(batch.body);
  if (codec === 4) return zstdDecompressSync(batch.body);
  const name = ['none', 'gzip', 'snappy', 'lz4', 'zstd'][codec];
  throw new Error(`Record batch compressed with ${name}: only gzip and zstd are read`);
}

export interface ProducerState {
  readonly id: bigint;
  readonly epoch: number;
  readonly transactional: boolean;
}

/** Encodes records of one topic-partition as one batch. */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  producer: ProducerState,
  firstSequence: number,
  now: number,
): Buffer {
  const writer = new Writer(256 + records.length * 256);
  writer.int64(0n).int32(0).int32(-1).int8(2).uint32(0);
  writer.int16(producer.transactional ? TRANSACTIONAL : 0).int32(records.length - 1);
  writer.int64(BigInt(now)).int64(BigInt(now));
  writer.int64(producer.id).int16(producer.epoch).int32(firstSequence).int32(records.length);
  records.forEach((record, index) => encodeRecord(writer, naming(record, producer), index));
  writer.putInt32(8, writer.size - 12);
  writer.putUInt32(BEFORE_ATTRIBUTES - 4, crc32c(writer.slice(BEFORE_ATTRIBUTES)));
  return writer.slice(0);
}

/** With the producer's id where a header asks for it. */
function naming(record: OutgoingRecord, { id }: ProducerState): OutgoingRecord {
  if (!record.headers.some(([, value]) => value === WRITER)) return record;
  const headers = record.headers.map(
    ([name, value]) => [name, value === WRITER ? Buffer.from(String(id)) : value] as const,
  );
  return { ...record, headers };
}

function encodeRecord(writer: Writer, record: OutgoingRecord, offsetDelta: number): void {
  writer.varint(recordSize(record, offsetDelta));
  writer.int8(0).varlong(0).varint(offsetDelta);
  encodeBytes(writer, record.key);
  encodeBytes(writer, record.value);
  writer.varint(record.headers.length);
  for (const [name, value] of record.headers) {
    const written = writtenName(name);
    writer.varint(Buffer.byteLength(written)).raw(written);
    encodeBytes(writer, value);
  }
}

function encodeBytes(writer: Writer, bytes: Buffer | null): void {
  if (bytes === null) writer.varint(-1);
  else writer.varint(bytes.length).raw(bytes);
}

/** Bytes of one record in a batch, without the length in front of it. */
export function recordSize(record: Omit<OutgoingRecord, 'topic' | 'partition'>, offsetDelta = 0): number {
  let size = 2 + varintSize(offsetDelta) + bytesSize(record.key) + bytesSize(record.value);
  size += varintSize(record.headers.length);
  for (const [name, value] of record.headers) {
    const length = Buffer.byteLength(writtenName(name));
    size += varintSize(length) + length + bytesSize(value);
  }
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
