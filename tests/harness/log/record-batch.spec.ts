import { describe, expect, it } from '@jest/globals';
import { type HandMade, handMade } from './hand-made-batch.ts';
import { decodeBatches } from './record-batch.ts';

const origin = { topic: 'orders', partition: 3, from: 0n, withValues: true };
const decoded = (batch: HandMade) => decodeBatches(handMade(batch), origin)[0];
const value = Buffer.from('value');

describe('decodeBatches', () => {
  it('reads batch after batch, and leaves the one that is cut off', () => {
    const whole = [0n, 2n].map((base) => handMade({ base, records: [{ value }, {}] }));
    const cut = handMade({ base: 4n, records: [{ value }] });
    for (const size of [0, 11, 60, cut.length - 1]) {
      const batches = decodeBatches(Buffer.concat([...whole, cut.subarray(0, size)]), origin);
      expect(batches.map(({ nextOffset }) => nextOffset)).toEqual([2n, 4n]);
      expect(batches.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([0n, 1n, 2n, 3n]);
    }
  });

  it('reads nulls, empty texts, texts of several bytes and repeated headers', () => {
    const headers = [
      ['naïve', 'yes'],
      ['none', null],
      ['twice', '1'],
      ['twice', '2'],
    ] as const;
    const long = Buffer.from('x'.repeat(20_000));
    const batch = decoded({ base: 2n ** 40n, records: [{ key: Buffer.alloc(0), value: long, headers }, {}] });
    expect(batch?.records).toMatchObject([
      { topic: 'orders', partition: 3, offset: 2n ** 40n, key: '', value: long },
      { offset: 2n ** 40n + 1n, key: null, value: null },
    ]);
    expect([...(batch?.records[0]?.headers ?? [])]).toEqual([
      ['naïve', 'yes'],
      ['none', ''],
      ['twice', '2'],
    ]);
  });

  it.each([0, 1, -1, 63, 64, -64, -65, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 40])(
    'reads a time %d ms off that of the batch',
    (after) => {
      const batch = decoded({ base: 0n, timestamp: 1_700_000_000_000n, records: [{ after }] });
      expect(batch?.records[0]?.timestamp).toBe(1_700_000_000_000 + after);
    },
  );

  it('has the broker’s time where the topic wants it', () => {
    const batch = decoded({ base: 0n, appendTime: 99n, records: [{ after: 5 }] });
    expect(batch?.records[0]?.timestamp).toBe(99);
  });

  it('tells markers from records, and knows their producer', () => {
    const producer = { base: 7n, producerId: 2n ** 50n, epoch: 4 };
    const end = (control: number) => decoded({ ...producer, control });
    const written = {
      baseOffset: 7n,
      nextOffset: 8n,
      maxTimestamp: 0,
      producerId: 2n ** 50n,
      epoch: 4,
      transactional: true,
    };
    expect(end(0)).toEqual({ ...written, marker: 'abort', records: [] });
    expect(end(1)).toEqual({ ...written, marker: 'commit', records: [] });
    expect(end(2)).toEqual({ ...written, marker: undefined, records: [] });
    expect(decoded({ ...producer, records: [{}] })).toMatchObject({ ...written, marker: undefined });
    expect(decoded({ base: 7n, records: [{}] })).toMatchObject({ producerId: -1n, transactional: false });
  });

  it('leaves out what lies before the place that was asked for', () => {
    const batch = handMade({ base: 10n, records: [{}, {}, {}] });
    const [middle] = decodeBatches(batch, { ...origin, from: 11n });
    expect(middle?.records.map(({ offset }) => offset)).toEqual([11n, 12n]);
  });

  it.each<[string, HandMade]>([
    ['gzip', { base: 0n, compression: 1 }],
    ['zstd', { base: 0n, compression: 4 }],
    ['an old format', { base: 0n, format: 1 }],
  ])('refuses %s', (_, batch) => {
    expect(() => decoded(batch)).toThrow(expect.objectContaining({ code: 'UNREADABLE', retryable: false }));
  });

  it('refuses records that do not fit their size', () => {
    const batch = handMade({ base: 0n, records: [{ value }] });
    batch[61] = (batch[61] as number) + 2;
    expect(() => decodeBatches(batch, origin)).toThrow('wrong size');
  });
});
