import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { isWrittenBy, type OutgoingRecord, WRITER } from '../../log/record.ts';
import { CODECS } from './compression.ts';
import { encodeBatch, recordSize } from './encode-batch.ts';
import { decodeRecords, recordBatches } from './record-batch.ts';

const producer = { id: 7n, epoch: 3, transactional: true };

function record(valueBytes: number, headerBytes: number): OutgoingRecord {
  const headers = [
    ['first', Buffer.alloc(headerBytes, 1)],
    ['empty', Buffer.alloc(0)],
    ['null', null],
  ] as const;
  return { topic: 't', partition: 2, key: Buffer.from('kéy'), value: Buffer.alloc(valueBytes, 2), headers };
}

function roundTrip(records: readonly OutgoingRecord[]) {
  const batches = [...recordBatches(encodeBatch(records, producer, 11, 1_700_000_000_000))];
  return { batches, decoded: batches.flatMap((batch) => decodeRecords(batch, 't', 2)) };
}

describe('a record that names the producer that writes it', () => {
  const naming: OutgoingRecord = { ...record(1, 1), headers: [['by', WRITER]] };

  it('has the id of that producer, and whoever writes it again has another', () => {
    const [read] = roundTrip([naming]).decoded;
    expect(read?.headers).toEqual([['by', Buffer.from('7')]]);
    expect(read && isWrittenBy(read, 'by')).toBe(true);
    const bytes = encodeBatch(read ? [read] : [], { id: 8n, epoch: 0, transactional: false }, 0, 0);
    const again = [...recordBatches(bytes)].flatMap((batch) => decodeRecords(batch, 't', 2));
    expect(again.map((copy) => isWrittenBy(copy, 'by'))).toEqual([false]);
  });

  it.each([-1n, 7n])('is nobody’s outside of a transaction, where anybody may claim the id %s', (id) => {
    const bytes = encodeBatch([naming], { id, epoch: 0, transactional: false }, 0, 0);
    const [read] = [...recordBatches(bytes)].flatMap((batch) => decodeRecords(batch, 't', 2));
    expect(read?.headers).toEqual([['by', Buffer.from(String(id))]]);
    expect(read && isWrittenBy(read, 'by')).toBe(false);
  });
});

/** Text is compared at once, bytes one by one. */
const latin1 = (bytes: Buffer | null) => bytes && bytes.toString('latin1');
const contentOf = ({ key, value, headers }: Pick<OutgoingRecord, 'key' | 'value' | 'headers'>) => ({
  key: latin1(key),
  value: latin1(value),
  headers: headers.map(([name, bytes]) => [name, latin1(bytes as Buffer | null)]),
});

describe('a record batch', () => {
  it('has each record’s own names of headers, also beside others of the same length, in any bytes', () => {
    const names = ['abc', 'abd', '\u00e4', '\udce4', 'a', '\udcff', ''];
    const named = names.map((name): OutgoingRecord => ({ ...record(1, 1), headers: [[name, null]] }));
    expect(roundTrip(named).decoded.map(({ headers }) => headers[0]?.[0])).toEqual(names);
  });

  // Sizes around each growth of the buffer: a byte that was written while it grew once went astray.
  it.each([0, 1, 63, 64, 200, 1_000, 4_096, 70_000, 1_000_000])(
    'comes back as it was, with values of %d bytes',
    (bytes) => {
      const records = [
        record(bytes, 0),
        record(1, bytes),
        { ...record(bytes, 10), key: null },
        { ...record(0, 0), value: null },
      ];
      const { batches, decoded } = roundTrip(records);
      expect(batches).toMatchObject([
        { producerId: 7n, transactional: true, control: false, lastOffset: 3n, count: 4 },
      ]);
      expect(decoded.map(contentOf)).toEqual(records.map(contentOf));
      expect(decoded.map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n]);
      expect(decoded[0]?.timestamp).toBe(1_700_000_000_000);
    },
  );

  it.each(CODECS)('comes back as it was, compressed with %s', (codec) => {
    const records = [record(200_000, 3), { ...record(70, 0), key: null }, record(0, 40)];
    const bytes = encodeBatch(records, producer, 11, 1_700_000_000_000, codec);
    const [batch] = recordBatches(bytes);
    const decoded = decodeRecords(batch as never, 't', 2);
    expect(batch).toMatchObject({ codec, transactional: true, count: 3 });
    expect(decoded.map(contentOf)).toEqual(records.map(contentOf));
    expect(bytes.length < 20_000).toBe(codec !== 'none');
  });

  it('is compressed above 1 MiB though no codec was chosen, where that helps', () => {
    const large = (value: Buffer) => [{ ...record(0, 0), value }];
    const [text, noise] = [Buffer.alloc(3_000_000, 'text '), randomBytes(3_000_000)];
    const [helped, plain] = [text, noise].map((value) => encodeBatch(large(value), producer, 0, 0));
    expect([...recordBatches(helped as Buffer)]).toMatchObject([{ codec: 'gzip' }]);
    expect([...recordBatches(plain as Buffer)]).toMatchObject([{ codec: 'none' }]);
    expect((helped as Buffer).length).toBeLessThan(20_000);
  });

  it('is as long as its records say', () => {
    for (let bytes = 0; bytes < 3_000; bytes += 7) {
      const one = record(bytes, bytes % 300);
      const size = recordSize(one);
      expect(encodeBatch([one], producer, 0, 0).length).toBe(
        61 + size + (size < 64 ? 1 : size < 8192 ? 2 : 3),
      );
    }
  });

  it('that was cut off by the size limit is left for the next fetch', () => {
    const whole = encodeBatch([record(100, 1)], producer, 0, 0);
    const bytes = Buffer.concat([whole, whole.subarray(0, whole.length - 1)]);
    expect([...recordBatches(bytes)]).toHaveLength(1);
  });
});

describe('lengths and counts of a batch', () => {
  const FIRST = 61;
  const COUNT = 57;
  /** One record of `a`, without key and headers: its length, attributes, times, key, value, count of headers. */
  const one = { topic: 't', partition: 2, key: null, value: Buffer.from('a'), headers: [] };

  function decodedWith(change: (bytes: Buffer) => unknown, record: OutgoingRecord = one) {
    const bytes = encodeBatch([record], producer, 0, 0);
    change(bytes);
    return [...recordBatches(bytes)].flatMap((batch) => decodeRecords(batch, 't', 2));
  }

  it.each<[string, (bytes: Buffer) => unknown, string]>([
    ['more records than bytes', (bytes) => bytes.writeInt32BE(2 ** 31 - 1, COUNT), 'ended inside a number'],
    ['fewer than no records', (bytes) => bytes.writeInt32BE(-1, COUNT), 'it holds more than -1 records'],
    ['fewer records than there are', (bytes) => bytes.writeInt32BE(0, COUNT), 'it holds more than 0 records'],
    ['a record that is longer', (bytes) => (bytes[FIRST] = 0x10), 'record 0 is not as long as it says'],
    ['a batch that goes back', (bytes) => bytes.writeInt32BE(-12, 8), '-12 bytes wanted'],
    ['a value that is longer', (bytes) => (bytes[FIRST + 5] = 0x7e), '63 bytes wanted'],
    ['fewer than no headers', (bytes) => (bytes[FIRST + 7] = 1), '-1 headers'],
    ['more headers than bytes', (bytes) => (bytes[FIRST + 7] = 0x7e), 'a record has 63 headers'],
  ])('%s: an error, and nothing that was announced', (_, change, message) => {
    expect(() => decodedWith(change)).toThrow(message);
  });

  it('two billion headers, and names that go back: an error at once', () => {
    const headers = [['name', Buffer.alloc(8)]] as const;
    const withHeader = { ...one, headers };
    const names = FIRST + 8;
    const back = (bytes: Buffer) => {
      Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]).copy(bytes, names - 1);
      Buffer.from([0x09, 0x00]).copy(bytes, names + 4);
    };
    expect(() => decodedWith(back, withHeader)).toThrow('a record has 2147483647 headers');
  });

  it('keeps a header name that is not UTF-8, byte for byte', () => {
    const [first] = decodedWith(() => undefined, { ...one, headers: [['name', null]] });
    const broken = (bytes: Buffer) => Buffer.from([0xff, 0x61, 0xed, 0xa0]).copy(bytes, FIRST + 9);
    const [decoded] = decodedWith(broken, { ...one, headers: [['name', null]] });
    expect(first?.headers).toEqual([['name', null]]);
    const [again] = roundTrip([{ ...one, headers: decoded?.headers ?? [] }]).decoded;
    expect(again?.headers).toEqual(decoded?.headers);
    const written = encodeBatch([{ ...one, headers: decoded?.headers ?? [] }], producer, 0, 0);
    expect(written.includes(Buffer.from([0xff, 0x61, 0xed, 0xa0]))).toBe(true);
    expect([...recordBatches(written)]).toHaveLength(1);
  });
});
