import { describe, expect, it } from '@jest/globals';
import { handMade } from './hand-made-batch.ts';
import { PartitionLog } from './partition-log.ts';

const at = { topic: 'orders', partition: 0 };
const a = { producerId: 1n };
const batches = [
  handMade({ base: 0n, ...a, records: [{}, {}] }),
  handMade({ base: 2n, records: [{}] }),
  handMade({ base: 3n, ...a, control: 1 }),
  handMade({ base: 4n, ...a, records: [{}] }),
];
const answer = (...records: Buffer[]) => ({ ...at, error: 0, logStart: 0n, records: Buffer.concat(records) });

describe('PartitionLog', () => {
  it('takes no batch twice, whatever an answer begins with', () => {
    const log = new PartitionLog(at, 0n);
    const offsets = [batches.slice(0, 2), batches.slice(1, 3), batches, batches].flatMap((some) =>
      log.absorb(answer(...some), true).map(({ offset }) => offset),
    );
    expect(offsets).toEqual([0n, 1n, 2n]);
    expect(log.position).toBe(5n);
    expect(log.filter.open()).toMatchObject([{ firstOffset: 4n }]);
  });

  it('takes an answer as a whole or not at all', () => {
    const log = new PartitionLog(at, 0n);
    const unreadable = handMade({ base: 2n, compression: 2 });
    expect(() => log.absorb(answer(batches[0] as Buffer, unreadable), true)).toThrow('compressed');
    expect(log.position).toBe(0n);
    expect(log.filter.open()).toEqual([]);
  });

  it('does not pass over records that were deleted before it came to them', () => {
    const log = new PartitionLog(at, 0n);
    expect(() => log.absorb({ ...answer(), logStart: 1n }, true)).toThrow(
      expect.objectContaining({ code: 'RECORDS_GONE', retryable: false }),
    );
  });
});
