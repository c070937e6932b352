import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { OutgoingRecord } from '../record.ts';
import { CODECS } from './compression.ts';
import { decodeRecords, encodeBatch, recordBatches, recordSize } from './record-batch.ts';

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

describe('a record batch', () => {
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
      expect(decoded.map(({ key, value, headers }) => ({ key, value, headers }))).toEqual(
        records.map(({ key, value, headers }) => ({ key, value, headers })),
      );
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
    expect(decoded.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
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
