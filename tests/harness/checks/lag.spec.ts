import { describe, expect, it } from '@jest/globals';
import type { Evidence, GroupPosition } from '../evidence/evidence.ts';
import { good } from './good-run.ts';
import { check as find } from './lag.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const group = 'orders.decider';
const at = (changes: Partial<GroupPosition>): Evidence => ({
  ...good,
  positions: good.positions.map((each) => (each.group === group ? { ...each, ...changes } : each)),
});
const without = (group: string): Evidence => ({
  ...good,
  positions: good.positions.filter((each) => each.group !== group),
});

describe('lag', () => {
  it('holds when every group has read everything, whatever markers follow', () => {
    expect(check(good)).toEqual([]);
    expect(check(at({ next: 10n }))).toEqual([]);
  });

  it('lets a group be nowhere in a partition without records', () => {
    const logs = good.logs.map((each) =>
      each.topic === 'orders.commands' ? { ...each, committed: [] } : each,
    );
    expect(check({ ...at({ next: undefined }), logs })).toEqual([]);
  });

  it('lets a delay be left out, where records wait for their time', () => {
    expect(check(without('orders.delay'))).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    [
      'a group that is behind',
      at({ next: 6n }),
      'orders.decider on orders.commands-0: lags 2 records behind, from 6',
    ],
    ['a group that is one record behind', at({ next: 8n }), 'lags 1 records behind'],
    ['a group that is nowhere', at({ next: undefined }), 'lags 4 records behind, from 0 on'],
    ['a group that is ahead of the log', at({ next: 11n }), 'its position 11 lies beyond the end 10'],
    [
      'a group that was not looked up',
      without(group),
      'orders.decider on orders.commands-0: its position was not',
    ],
    [
      'a partition that was not looked up',
      { ...good, logs: [...good.logs, { ...(good.logs[0] as Evidence['logs'][number]), partition: 1 }] },
      'orders.decider on orders.commands-1: its position was not looked up',
    ],
    [
      'a delay that is behind, where it is asked for',
      {
        ...good,
        positions: good.positions.map((each) =>
          each.group === 'orders.delay' ? { ...each, next: 2n } : each,
        ),
      },
      'orders.delay on orders.commands.delay-0: lags 3',
    ],
    [
      'a log that was not read',
      { ...good, logs: good.logs.slice(1) },
      'the log of the partition was not read',
    ],
    ['a run without positions', { ...good, positions: [] }, 'no positions of groups'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
