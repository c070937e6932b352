import { describe, expect, it } from '@jest/globals';
import { check as find, type Least } from './enough.ts';
import { good } from './good-run.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const least: Least = { settled: 3, kills: 2, aborted: 7, repeated: 2 };
const abortedInAll = good.logs.length;

describe('enough', () => {
  it('holds when there is as much as was asked for', () => {
    expect(check(good, { ...least, aborted: abortedInAll })).toEqual([]);
    expect(check({ ...good, kills: [] }, { settled: 3, kills: 0 })).toEqual([]);
  });

  it.each<[string, typeof good, Least, string]>([
    ['too few orders', good, { ...least, settled: 4 }, '3 settled orders, 4 were needed'],
    [
      'no orders, whatever was asked for',
      { ...good, events: [] },
      { settled: 0, kills: 0 },
      '0 settled orders, 1',
    ],
    ['a minimum that is no number', good, { settled: NaN, kills: 0 }, '3 settled orders, NaN were needed'],
    ['no kills', { ...good, kills: [] }, { settled: 1, kills: 1 }, '0 kills, 1 were needed'],
    ['too few kills', good, { settled: 1, kills: 3 }, '2 kills, 3 were needed'],
    [
      'no aborts',
      { ...good, logs: [] },
      { settled: 1, kills: 0, aborted: 1 },
      '0 aborted records, 1 were needed',
    ],
    ['no repeated keys', good, { settled: 1, kills: 0, repeated: 3 }, '2 repeated keys, 3 were needed'],
  ])('finds %s', (_, evidence, minimum, violation) => {
    expect(check(evidence, minimum).join('; ')).toContain(violation);
  });

  it('counts an order that is settled twice once', () => {
    expect(
      check({ ...good, events: [...good.events, ...good.events] }, { settled: 4, kills: 0 }),
    ).toHaveLength(1);
  });
});
