import { describe, expect, it } from '@jest/globals';
import { predictedRefusal } from './predicted-refusal.ts';

const now = Date.parse('2026-01-08T00:00:00.000Z');
const open = { status: 'open', redrive: 0, failedAt: '2026-01-07T00:00:00.000Z' } as const;
const old = { ...open, failedAt: '2025-12-31T23:59:59.999Z' };

describe('a redrive', () => {
  it.each([
    open,
    { ...open, status: 'failed again', redrive: 4 } as const,
    { ...open, failedAt: '2026-01-01T00:00:00.000Z' },
  ])('would be requested for %j', (letter) => {
    expect(predictedRefusal(letter, { force: false, now })).toBeUndefined();
  });

  it.each([
    [{ ...open, status: 'requested' }, 'under-way'],
    [{ ...open, status: 'sent' }, 'under-way'],
    [{ ...open, status: 'handled' }, 'handled'],
    [{ ...open, status: 'discarded' }, 'discarded'],
  ] as const)('of %j would be refused, force or not: %s', (letter, refusal) => {
    for (const force of [true, false]) expect(predictedRefusal(letter, { force, now })).toBe(refusal);
  });

  it('needs force after five redrives, and after a week', () => {
    const parked = { ...open, status: 'parked', redrive: 5 } as const;
    expect(predictedRefusal(parked, { force: false, now })).toBe('limit');
    expect(predictedRefusal(old, { force: false, now })).toBe('too-old');
    for (const letter of [parked, old])
      expect(predictedRefusal(letter, { force: true, now })).toBeUndefined();
  });
});
