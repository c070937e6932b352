import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../log/coordinated-transactions.ts';
import type { TransactionEnd, TransactionPart } from '../log/partition-transactions.ts';
import { check as find, HIDDEN_MS, hiddenMs, type Transactions } from './hanging.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const LAST_FAULT = 100_000;
const COMPLETED = 50_000;

interface Told {
  readonly decided?: Outcome;
  readonly end?: TransactionEnd | undefined;
  readonly completedAt?: number | undefined;
}

function part({ decided = 'commit', end, completedAt = COMPLETED }: Told): TransactionPart {
  const transaction = {
    transactionalId: 'orders.decider',
    producerId: 12n,
    epoch: 3,
    startedAt: 40_000,
    partitions: new Set(['orders.events-1']),
    decided: { outcome: decided, at: 45_000, epoch: 4 },
    ...(completedAt > 0 && { completedAt }),
  };
  return {
    place: 'orders.events-1',
    producerId: 12n,
    epoch: 3,
    firstOffset: 7n,
    writtenAt: 41_000,
    transaction,
    end,
  };
}

const end = (by: TransactionEnd['by'], outcome: Outcome = 'commit', at = 60_000): TransactionEnd => ({
  by,
  outcome,
  at,
});
const usual = part({ end: end('coordinator') });
const found = (...parts: TransactionPart[]): Transactions => ({
  parts: [usual, ...parts],
  standing: [],
  lastFaultAt: LAST_FAULT,
  at: 200_000,
});
const healed = Array.from({ length: 3 }, () => part({ end: end('hand') }));

const standing = {
  ...{ topic: 'orders.events', partition: 1, stable: 7n, end: 11n, since: 150_000 },
  open: [{ producerId: 12n, epoch: 3, startOffset: 7n }],
};

describe('hanging transactions', () => {
  it('hold when every transaction was ended by its coordinator, or is still under way', () => {
    const underWay = part({ completedAt: 0 });
    expect(check(found(usual, underWay), 'none')).toEqual([]);
  });

  it('hold when each was ended by hand with what its coordinator had decided', () => {
    const aborted = part({ decided: 'abort', end: end('hand', 'abort') });
    expect(check(found(...healed, aborted), 'some')).toEqual([]);
  });

  it('do not when a later transaction of the same producer joined one, even if both ended alike', () => {
    const joined = part({ decided: 'abort', end: end('later marker', 'abort') });
    expect(check(found(...healed, joined), 'some')).toEqual([expect.stringContaining('joined by a later')]);
  });

  it('show nothing where fewer than three were ended by hand', () => {
    expect(check(found(...healed.slice(1)), 'some')).toEqual([expect.stringContaining('too little')]);
  });

  it.each<[string, Transactions, 'none' | 'some', string]>([
    ['one that hung where none may', found(part({ end: end('hand') })), 'none', ': hung'],
    [
      'one that is open',
      found(...healed, part({})),
      'some',
      "orders.events-1@7: producer 12 epoch 3 (orders.decider): its coordinator's word was commit, and it is open after 150.0 s",
    ],
    [
      'a committed one that was aborted',
      found(...healed, part({ end: end('hand', 'abort') })),
      'some',
      "its coordinator's word was commit, and its marker says abort",
    ],
    [
      'an aborted one that the next commit of its producer committed',
      found(...healed, part({ decided: 'abort', end: end('later marker') })),
      'some',
      "its coordinator's word was abort, and its marker says commit",
    ],
    [
      'one that no coordinator has had',
      found(...healed, { ...part({ end: end('hand') }), transaction: undefined }),
      'some',
      "(of no coordinator): its coordinator's word was none, and its marker says commit",
    ],
    [
      'a marker that nobody explains',
      found(...healed, part({ end: end('nobody') })),
      'some',
      "ended by a marker that nobody's decision explains",
    ],
    [
      'one that was ended too late',
      found(...healed, part({ end: end('hand', 'commit', LAST_FAULT + HIDDEN_MS + 1_000) })),
      'some',
      'ended 61.0 s after the last fault',
    ],
    [
      'one that was ended by hand while its coordinator had it',
      found(...healed, part({ completedAt: 0, end: end('hand') })),
      'some',
      'ended by hand before its coordinator had decided',
    ],
    ['a row in which too few hung', found(...healed.slice(1)), 'some', 'too little: 2 hanging transactions'],
    [
      'a row in which no committed one hung',
      found(...healed.map(() => part({ decided: 'abort', end: end('hand', 'abort') }))),
      'some',
      'too little: no hanging transaction that was committed',
    ],
    ['a row in which nothing was followed', { ...found(), parts: [] }, 'none', 'no transaction was followed'],
    [
      'a partition whose stable offset stands',
      { ...found(part({ completedAt: 0 })), standing: [standing] },
      'none',
      'orders.events-1: stable up to 7 for 50.0 s, but its end is 11; open: producer 12 epoch 3',
    ],
    [
      'a leader that has open what its log has not',
      { ...found(), standing: [standing] },
      'none',
      'orders.events-1: its leader has producer 12 open from 7 on, and its log does not',
    ],
  ])('finds %s', (_, transactions, expected, violation) => {
    expect(check(transactions, expected).join('; ')).toContain(violation);
  });

  it('hide what lies behind them from the completion to the marker, or until now', () => {
    expect(hiddenMs(part({ end: end('hand') }), 200_000)).toBe(10_000);
    expect(hiddenMs(part({}), 200_000)).toBe(150_000);
  });
});
