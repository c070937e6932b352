import { describe, expect, it } from '@jest/globals';
import { dueAfter } from './failure-plan.ts';

describe('the jitter of a delay', () => {
  it.each([
    [1_000, 0, 1_000],
    [1_000, 1, 1_100],
    [60_000, 1, 60_500],
    [60_000, 0.5, 60_250],
    [0, 1, 0],
    [3, 0.01, 4],
  ])('after %d ms with %d is %d ms', (delay, random, after) => {
    expect(dueAfter(delay, 1_700_000_000_000, random)).toBe(1_700_000_000_000 + after);
  });

  it('is never early', () => {
    for (const delay of [1, 7, 1_000, 600_000])
      for (let random = 0; random <= 1; random += 0.1)
        expect(dueAfter(delay, 5, random)).toBeGreaterThanOrEqual(5 + delay);
  });

  it('is never due without a delay to come', () => {
    expect(dueAfter(Infinity, 5, 0)).toBe(Infinity);
  });
});
