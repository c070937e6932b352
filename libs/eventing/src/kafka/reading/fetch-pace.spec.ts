import { describe, expect, it } from '@jest/globals';
import { FetchPace } from './fetch-pace.ts';

describe('the pace of fetches', () => {
  it('spreads those that are answered at once, more and more, up to a limit', () => {
    const pace = new FetchPace();
    expect([1, 1, 1, 1, 1].map((took) => pace.after(took))).toEqual([10, 20, 40, 40, 40]);
  });

  it('lets the next one follow at once on one that the broker held, and begins anew', () => {
    const pace = new FetchPace();
    for (let times = 0; times < 5; times++) pace.after(1);
    expect(pace.after(250)).toBe(250);
    expect(pace.after(1)).toBe(10);
  });
});
