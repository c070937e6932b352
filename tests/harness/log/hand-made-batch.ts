import { ByteWriter } from './byte-writer.ts';

export interface HandMade {
  readonly base: bigint;
  readonly records?: readonly HandMadeRecord[];
  readonly producerId?: bigint;
  readonly epoch?: number;
  /** Type of a control record: 0 aborts, 1 commits. */
  readonly control?: number;
  readonly timestamp?: bigint;
  /** The broker's time, instead of those of the records. */
  readonly appendTime?: bigint;
  readonly compression?: number;
  readonly format?: number;
}

export interface HandMadeRecord {
  /** Milliseconds after the batch's timestamp. */
  readonly after?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

/** A record batch byte by byte, as a broker would store it, and as none would. Its checksum is 0. */
export function handMade(batch: HandMade): Buffer {
  const {
    base,
    producerId,
    epoch = 0,
    control,
    timestamp = 0n,
    appendTime,
    compression = 0,
    format = 2,
  } = batch;
  const records = control === undefined ? (batch.records ?? []) : [markerOf(control)];
  const attributes =
    compression |
    (appendTime === undefined ? 0 : 0x08) |
    (producerId === undefined ? 0 : 0x10) |
    (control === undefined ? 0 : 0x20);
  const body = new ByteWriter()
    .int32(0)
    .int8(format)
    .int32(0)
    .int16(attributes)
    .int32(records.length - 1)
    .int64(timestamp)
    .int64(appendTime ?? timestamp)
    .int64(producerId ?? -1n)
    .int16(producerId === undefined ? -1 : epoch)
    .int32(-1)
    .int32(records.length);
  records.forEach((record, index) => {
    const bytes = recordBytes(record, index);
    body.raw(varint(bytes.length)).raw(bytes);
  });
  return new ByteWriter().int64(base).sized(body.done()).done();
}

function markerOf(type: number): HandMadeRecord {
  return { key: new ByteWriter().int16(0).int16(type).done(), value: Buffer.alloc(6) };
}

function recordBytes(
  { after = 0, key = null, value = null, headers = [] }: HandMadeRecord,
  index: number,
): Buffer {
  return Buffer.concat([
    Buffer.from([0]),
    varint(after),
    varint(index),
    sized(key),
    sized(value),
    varint(headers.length),
    ...headers.flatMap(([name, text]) => [
      sized(Buffer.from(name)),
      sized(text === null ? null : Buffer.from(text)),
    ]),
  ]);
}

const sized = (bytes: Buffer | null) => (bytes ? Buffer.concat([varint(bytes.length), bytes]) : varint(-1));

/** Zigzag. */
export function varint(value: number): Buffer {
  let left = BigInt(value) >= 0n ? BigInt(value) * 2n : -BigInt(value) * 2n - 1n;
  const bytes: number[] = [];
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}
