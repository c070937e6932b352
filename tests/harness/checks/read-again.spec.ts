import { describe, expect, it } from '@jest/globals';
import type { PartitionContent } from '../evidence/evidence.ts';
import { good } from './good-run.ts';
import { check as find } from './read-again.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const topic = 'orders.events';
const changed = (changes: Partial<PartitionContent>): PartitionContent[] =>
  good.logs.map((each) => (each.topic === topic ? { ...each, ...changes } : each));

describe('the log, read again', () => {
  it('holds when it is what it was', () => {
    expect(check(good, good.logs)).toEqual([]);
  });

  it.each<[string, PartitionContent[], string]>([
    [
      'a record that is gone, although a reader has seen it',
      changed({ committed: [0n, 2n, 8n] }),
      'read again: orders.events-0: 1 committed the first time only, the first at 6; read again: first in orders.events-0: 1 seen, but not in the log, the first at 6',
    ],
    [
      'a log that was cut short behind its readers',
      changed({ committed: [0n, 2n], stable: 5n, end: 5n }),
      'orders.events-0: 2 committed the first time only, the first at 6',
    ],
    [
      'a record that came up where the readers had been',
      changed({ committed: [0n, 2n, 6n, 7n, 8n] }),
      'orders.events-0: 1 committed the second time only, the first at 7; read again: first in orders.events-0: 1 committed, but not seen, the first at 7',
    ],
    [
      'an aborted record that is committed after all',
      changed({ committed: [0n, 2n, 4n, 6n, 8n], aborted: [] }),
      'orders.events-0: 1 aborted the first time only, the first at 4',
    ],
    [
      'a committed record that is aborted after all',
      changed({ committed: [0n, 2n, 6n], aborted: [4n, 8n] }),
      'orders.events-0: 1 aborted the second time only, the first at 8',
    ],
    [
      'a transaction that hangs',
      changed({ stable: 6n }),
      'orders.events-0: stable up to 6, but its end is 10',
    ],
    ['a partition that was not read again', good.logs.slice(1), '-0: was not read again'],
    ['a second reading of nothing', [], 'nothing is committed'],
  ])('finds %s', (_, again, violation) => {
    expect(check(good, again).join('; ')).toContain(violation);
  });

  it('lets the log go on after its first end', () => {
    const longer = good.logs.map((each) => ({
      ...each,
      committed: [...each.committed, 11n],
      stable: 13n,
      end: 13n,
    }));
    const seen = [{ topic, partition: 0, offsets: [0n, 2n, 6n, 8n, 11n] }];
    const readers = [{ reader: 'third', topics: [topic], seen }];
    expect(check({ ...good, readers }, longer)).toEqual([]);
  });
});
