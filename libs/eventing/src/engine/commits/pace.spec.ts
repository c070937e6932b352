import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.ts';

describe('the pace of transactions', () => {
  it('lets one after the other begin at once, as long as they come now and then', () => {
    const pace = new Pace();
    for (let at = 0; at < 2_000; at += 100) {
      pace.worked(at, at + 20);
      expect(pace.nextAt).toBe(at + 20);
    }
  });

  it('gives each a rest as long as it took, where work never ends', () => {
    const pace = new Pace();
    const rests: number[] = [];
    for (let at = 0; rests.length < 20; at = pace.nextAt) {
      pace.worked(at, at + 30);
      rests.push(pace.nextAt - (at + 30));
    }
    expect(rests.slice(0, 4)).toEqual([0, 0, 0, 20]);
    expect(new Set(rests.slice(4))).toEqual(new Set([30]));
  });

  it('never asks for more than 100 ms, whatever one has taken', () => {
    const pace = new Pace();
    pace.worked(0, 60_000);
    expect(pace.nextAt).toBe(60_100);
    pace.worked(60_100, 120_000);
    expect(pace.nextAt).toBe(120_100);
  });
});
