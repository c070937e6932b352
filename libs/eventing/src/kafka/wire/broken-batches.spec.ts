import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import { type Codec, CODECS, compress } from './compression.ts';
import { readCommitted } from './fetch.ts';
import { encodeBatch } from './encode-batch.ts';

const producer = { id: -1n, epoch: -1, transactional: false };
const LIMIT = 4 * 1024 * 1024;
const ATTRIBUTES = 21;
const COUNT = 57;
const BODY = 61;

const record = (value: Buffer): OutgoingRecord => ({
  topic: 't',
  partition: 0,
  key: null,
  value,
  headers: [],
});
const good = encodeBatch([record(Buffer.from('good'))], producer, 0, 0);
const three = encodeBatch(
  ['a', 'b', 'c'].map((text) => record(Buffer.from(text))),
  producer,
  0,
  0,
);

/** A batch as somebody may have written it: with this checksum it passes for whole. */
function written(bytes: Buffer, baseOffset: bigint): Buffer {
  const batch = Buffer.from(bytes);
  batch.writeBigInt64BE(baseOffset, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES)), 17);
  return batch;
}

function changed(change: (batch: Buffer) => Buffer | void): Buffer {
  const batch = Buffer.from(three);
  return change(batch) ?? batch;
}

const withBody = (codec: number, body: Buffer) =>
  changed((batch) => {
    batch.writeInt16BE(codec, ATTRIBUTES);
    return Buffer.concat([batch.subarray(0, BODY), body]);
  });

function read(section: Buffer, limit = LIMIT) {
  const at = { bytes: section, aborted: [], topic: 't', partition: 0 };
  return readCommitted(at, 0n, { maxBatchBytes: limit, left: limit });
}

const brief = ({ offset, value, broken }: ConsumedRecord) =>
  broken ? `broken ${offset}` : value?.toString();

/** Zeros, as each codec makes the most of them. */
const bomb = (codec: Codec) => withBody(CODECS.indexOf(codec), compress(codec, Buffer.alloc(LIMIT + 1)));

describe('a batch that cannot be read', () => {
  it.each<[string, Buffer, string]>([
    ['of a codec that nobody knows', withBody(5, Buffer.from('?')), 'nobody here reads codec 5'],
    ['of garbage under gzip', withBody(1, Buffer.from('no gzip')), 'incorrect header check'],
    ['of garbage under snappy', withBody(2, Buffer.from('no snappy')), 'snappy'],
    ['of garbage under lz4', withBody(3, Buffer.from('no lz4 at all')), ''],
    ['of garbage under zstd', withBody(4, Buffer.from('no zstd')), 'frame descriptor'],
    ['cut short under gzip', withBody(1, gzipSync(three.subarray(BODY)).subarray(0, -9)), 'unexpected end'],
    ['cut short under lz4', withBody(3, compress('lz4', three.subarray(BODY)).subarray(0, -9)), ''],
    ['a bomb of gzip', bomb('gzip'), `more than ${LIMIT} bytes`],
    ['a bomb of snappy', bomb('snappy'), `more than ${LIMIT}`],
    ['a bomb of lz4', bomb('lz4'), `more than ${LIMIT} bytes`],
    ['a bomb of zstd', bomb('zstd'), `more than ${LIMIT} bytes`],
    [
      'with fewer records than it says',
      changed((batch) => void batch.writeInt32BE(2 ** 30, COUNT)),
      'the bytes ended',
    ],
    [
      'with more records than it says',
      changed((batch) => void batch.writeInt32BE(2, COUNT)),
      'more than 2 records',
    ],
    ['with a negative count', changed((batch) => void batch.writeInt32BE(-1, COUNT)), 'more than -1 records'],
    [
      'with a record that is longer than it says',
      changed((batch) => void batch.writeInt8(16, BODY)),
      'not as long',
    ],
    ['of message format 1', changed((batch) => void batch.writeInt8(1, 16)), 'message format 1'],
  ])(
    '%s: stands in the place of its records, byte for byte, and the next one follows',
    (_, bytes, reason) => {
      const broken = written(bytes, 5n);
      const last = broken.readInt8(16) === 2 ? 7n : 5n;
      const { records, nextOffset } = read(Buffer.concat([good, broken, written(good, last + 1n)]));
      expect(records.map(brief)).toEqual(['good', 'broken 5', 'good']);
      expect(records[1]).toMatchObject({ value: broken, broken: { lastOffset: last } });
      expect(records[1]?.broken?.error.message).toContain(reason);
      expect(nextOffset).toBe(last + 2n);
    },
  );

  it('costs no more memory than it may, whatever its records are made of', () => {
    // An empty record in seven bytes, and a header in two.
    const empty = Buffer.alloc(7 * 50_000, Buffer.from([12, 0, 0, 0, 1, 1, 0]));
    const records = withBody(1, gzipSync(empty));
    const headers = encodeBatch(
      [{ ...record(Buffer.alloc(0)), headers: Array.from({ length: 50_000 }, () => ['', null] as const) }],
      producer,
      0,
      0,
      'gzip',
    );
    for (const bytes of [records, headers]) {
      if (bytes === records) bytes.writeInt32BE(50_000, COUNT);
      expect(read(written(bytes, 0n)).records.map(brief)).toEqual(['broken 0']);
    }
  });

  it('is asked for again when it was damaged, which is nobody’s record’s fault; what is before it is good', () => {
    const damaged = written(three, 1n);
    damaged[BODY + 3] = 0xff;
    expect(read(Buffer.concat([good, damaged]))).toMatchObject({ records: [{ offset: 0n }], nextOffset: 1n });
    expect(() => read(damaged)).toThrow('offsets 1 to 3 does not have its checksum');
  });

  it('leaves to the next fetch what would come to too much in one answer', () => {
    const large = encodeBatch([record(Buffer.alloc(LIMIT / 2 + 1))], producer, 0, 0, 'zstd');
    const section = Buffer.concat([0n, 1n, 2n].map((offset) => written(large, offset)));
    const { records, nextOffset } = read(section);
    expect([records.map(({ offset }) => offset), nextOffset]).toEqual([[0n, 1n], 2n]);
  });
});
