import { KafkaError } from '../client/errors.ts';
import type { ConsumedRecord, Headers } from '../../log/record.ts';
import { BrokenBatch } from './broken-batch.ts';
import { CODECS, decompress, tooLarge } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { Reader } from './reader.ts';

export const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const LOG_APPEND_TIME = 0x08;
/** Bytes of a batch before its attributes: base offset, length, leader epoch, magic, checksum. */
export const BEFORE_ATTRIBUTES = 21;
/** Bytes of a batch before its records. */
export const BEFORE_RECORDS = 61;
/** Bits of the attributes that number the codec. */
const CODEC = 0x07;
/** Bytes that the objects of a record, and of one of its headers, take beside those of the log, about. */
const RECORD_BYTES = 256;
const HEADER_BYTES = 128;

/** The header of a record batch (message format v2, KIP-98), with its records still encoded. */
export interface RecordBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly attributes: number;
  /** By its number where it is none that is known. */
  readonly codec: string;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
  readonly body: Buffer;
  /** All of it, as it stands in the log. */
  readonly bytes: Buffer;
}

/**
 * The batches of a fetch response, in order. A last one that was cut off by the size limit is left out. Throws RangeError for what
 * is no batch of any format: where the next one begins cannot be known then.
 */
export function* recordBatches(bytes: Buffer): Generator<RecordBatch> {
  const reader = new Reader(bytes);
  while (reader.left > 12) {
    const from = reader.at;
    reader.int64();
    const length = reader.int32();
    if (reader.left < length) return;
    reader.raw(length);
    yield batchHeader(bytes.subarray(from, reader.at));
  }
}

function batchHeader(bytes: Buffer): RecordBatch {
  const reader = new Reader(bytes);
  const baseOffset = reader.int64();
  reader.int64();
  const magic = reader.int8();
  if (magic !== 2) return ofOldFormat(bytes, baseOffset, magic);
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
    codec: CODECS[attributes & CODEC] ?? `codec ${attributes & CODEC}`,
    baseTimestamp,
    maxTimestamp,
    count,
    body: reader.raw(reader.left),
    bytes,
  };
}

/** A message, or a set of them, of before Kafka 0.11, under the offset of its last: nobody reads it, and it is passed by. */
function ofOldFormat(bytes: Buffer, offset: bigint, magic: number): RecordBatch {
  const codec = `message format ${magic}`;
  const nobody = { producerId: -1n, producerEpoch: -1, transactional: false, control: false, attributes: 0 };
  const empty = { baseTimestamp: 0, maxTimestamp: 0, count: 0, body: bytes.subarray(0, 0) };
  return { baseOffset: offset, lastOffset: offset, codec, bytes, ...nobody, ...empty };
}

/** Whether the bytes are those that its producer, or the broker, has written: its checksum says so (CRC-32C). */
export const isIntact = ({ bytes }: RecordBatch) =>
  bytes.readInt8(16) !== 2 ||
  bytes.readUInt32BE(BEFORE_ATTRIBUTES - 4) === crc32c(bytes.subarray(BEFORE_ATTRIBUTES));

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

/**
 * Decodes the records of a batch. Throws BrokenBatch when it is not what its header says, as Kafka's own consumer does, and when it
 * would take more than `limit` bytes of memory: no more is spent on finding out.
 */
export function decodeRecords(
  batch: RecordBatch,
  topic: string,
  partition: number,
  limit = Infinity,
): ConsumedRecord[] {
  try {
    return decodeBody(batch, bodyOf(batch, limit), { topic, partition, limit });
  } catch (error) {
    throw new BrokenBatch(batch, error as Error);
  }
}

function bodyOf({ codec, body }: RecordBatch, limit: number): Buffer {
  const known = CODECS.find((name) => name === codec);
  if (!known)
    throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `nobody here reads ${codec}`, { retryable: false });
  return decompress(known, body, Math.min(limit, MOST_BYTES));
}

/** Of one buffer, as far as it is of use. */
const MOST_BYTES = 2 ** 31 - 1;

interface Decoding {
  readonly topic: string;
  readonly partition: number;
  readonly limit: number;
}

function decodeBody(
  batch: RecordBatch,
  body: Buffer,
  { topic, partition, limit }: Decoding,
): ConsumedRecord[] {
  const { baseOffset, baseTimestamp, maxTimestamp, count } = batch;
  const appendTime = (batch.attributes & LOG_APPEND_TIME) !== 0;
  const lastDelta = Number(batch.lastOffset - baseOffset);
  const reader = new Reader(body);
  const writer = batch.transactional ? { producerId: batch.producerId } : {};
  const records: ConsumedRecord[] = [];
  let room = limit - body.length;
  let before = -1;
  let headers = NO_HEADERS;
  for (let i = 0; i < count; i++) {
    const end = reader.varint() + reader.at;
    reader.int8();
    const timestampDelta = reader.varlong();
    const delta = reader.varint();
    if (delta <= before || delta > lastDelta)
      throw new RangeError(`a record has offset ${delta} of ${lastDelta}`);
    before = delta;
    const offset = baseOffset + BigInt(delta);
    const timestamp = appendTime ? maxTimestamp : baseTimestamp + timestampDelta;
    const key = reader.varbytes();
    const value = reader.varbytes();
    headers = decodeHeaders(reader, room, headers);
    if (reader.at !== end) throw new RangeError(`record ${i} is not as long as it says`);
    room -= RECORD_BYTES + HEADER_BYTES * headers.length;
    if (room < 0) throw tooLarge(limit);
    records.push({ topic, partition, offset, timestamp, key, value, headers, ...writer });
  }
  if (count < 0 || reader.left > 0) throw new RangeError(`it holds more than ${count} records`);
  return records;
}

/** `before`: those of the record before, which mostly have the same names. */
function decodeHeaders(reader: Reader, room: number, before: Headers): Headers {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  if (count < 0 || count > reader.left) throw new RangeError(`a record has ${count} headers`);
  if (count * HEADER_BYTES > room) throw new RangeError(`${count} headers are more than it may hold`);
  const headers: [string, Buffer | null][] = [];
  for (let index = 0; index < count; index++) {
    const name = reader.name(reader.varint(), before[index]?.[0]);
    headers.push([name, reader.varbytes()]);
  }
  return headers;
}

const NO_HEADERS: Headers = [];
