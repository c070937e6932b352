import { describe, expect, it } from '@jest/globals';
import { check as find, PROGRESS_MS, type UnderLoad } from './liveness.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const minute = 60_000;
const everySecond = Array.from({ length: 60 }, (_, second) => second * 1_000);
const good: UnderLoad = { from: 0, to: minute, settled: everySecond, broken: [] };
const between = (from: number, to: number) => everySecond.filter((time) => time <= from || time >= to);

describe('liveness', () => {
  it('holds while orders are settled, in whatever order that is read', () => {
    expect(check({ ...good, settled: everySecond.toReversed() })).toEqual([]);
  });

  it('holds when nothing is settled while something is broken, and soon after', () => {
    const broken = [{ what: 'postgres away', from: 5_000, to: 40_000 }];
    expect(check({ ...good, settled: between(5_000, 55_000), broken })).toEqual([]);
  });

  it('holds when each of many repairs is followed by a settled order', () => {
    const broken = [10_000, 30_000, 50_000].map((from) => ({ what: 'a cut', from, to: from + 9_000 }));
    expect(check({ ...good, settled: [9_000, 29_000, 49_000], broken })).toEqual([]);
  });

  it('catches a platform that does not go on after a repair', () => {
    const broken = [{ what: 'kafka-2 away', from: 5_000, to: 10_000 }];
    expect(check({ ...good, settled: between(5_000, 50_000), broken })).toEqual([
      'no progress: no order was settled in 40.0 s without a fault; last: kafka-2 away',
    ]);
  });

  it('catches one that stands still although nothing was broken, at the beginning and at the end, too', () => {
    const long = PROGRESS_MS + 1_000;
    expect(check({ ...good, settled: between(10_000, 10_000 + long) })).toHaveLength(1);
    expect(check({ ...good, settled: between(-1, long) })).toHaveLength(1);
    expect(check({ ...good, settled: between(minute - long, minute) })).toHaveLength(1);
  });

  it('catches one that stands still through many repairs', () => {
    const broken = Array.from({ length: 10 }, (_, n) => ({
      what: 'a cut',
      from: n * 6_000,
      to: n * 6_000 + 1_000,
    }));
    expect(check({ ...good, settled: [], broken })).toHaveLength(1);
  });
});
