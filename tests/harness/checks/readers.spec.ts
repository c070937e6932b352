import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import { good } from './good-run.ts';
import { check as find } from './readers.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const topic = 'orders.events';
const saw = (...offsets: bigint[]): Evidence => ({
  ...good,
  readers: [...good.readers, { reader: 'third', topics: [topic], seen: [{ topic, partition: 0, offsets }] }],
});
const log = (changes: Partial<Evidence['logs'][number]>): Evidence => ({
  ...good,
  logs: good.logs.map((each) => (each.topic === topic ? { ...each, ...changes } : each)),
});

describe('readers', () => {
  it('holds when each saw what is committed', () => {
    expect(check(good)).toEqual([]);
  });

  it('takes what a reader saw in parts', () => {
    const seen = [
      [0n, 2n],
      [6n, 8n],
    ].map((offsets) => ({ topic, partition: 0, offsets }));
    expect(check({ ...good, readers: [{ reader: 'third', topics: [topic], seen }] })).toEqual([]);
  });

  it.each<[string, Evidence, string]>([
    [
      'an aborted record',
      saw(0n, 2n, 4n, 6n, 8n),
      'third in orders.events-0: 1 aborted, but seen, the first at 4',
    ],
    ['a record that was not seen', saw(0n, 2n, 8n), '1 committed, but not seen, the first at 6'],
    ['a record that came twice', saw(0n, 2n, 2n, 6n, 8n), '1 seen again, the first at 2'],
    ['a rewind', saw(0n, 2n, 0n, 2n, 6n, 8n), '2 seen again, the first at 0'],
    ['records out of order', saw(0n, 6n, 2n, 8n), '1 seen out of order, the first at 2'],
    ['a record that is not there', saw(0n, 2n, 6n, 7n, 8n), '1 seen, but not in the log, the first at 7'],
    ['a reader that saw nothing', saw(), '4 committed, but not seen, the first at 0'],
    [
      'a reader without one of its partitions',
      { ...good, readers: [{ reader: 'third', topics: [topic], seen: [] }] },
      'third in orders.events-0: 4 committed, but not seen',
    ],
    [
      'a reader of a topic that nobody else read',
      { ...good, readers: [{ reader: 'third', topics: ['other'], seen: [] }] },
      'third: the log of other was not read',
    ],
    [
      'a partition that is not in the log',
      {
        ...good,
        readers: [{ reader: 'third', topics: [topic], seen: [{ topic, partition: 9, offsets: [0n] }] }],
      },
      'third: saw orders.events-9, which is not in the log',
    ],
    ['a transaction that hangs', log({ stable: 6n }), 'orders.events-0: stable up to 6, but its end is 10'],
    ['a run without readers', { ...good, readers: [] }, 'nobody read'],
    ['a log without records', { ...good, logs: [] }, 'nothing is committed'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
