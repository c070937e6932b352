import { describe, expect, it } from '@jest/globals';
import { AbortFilter } from './abort-filter.ts';

/**
 * Steps of the log, one offset each. `a0` is a record of producer a with epoch 0, `+a0` its commit marker, `-a1` an
 * abort marker of epoch 1, `.` a record of no transaction.
 */
function played(log: string) {
  const filter = new AbortFilter<{ offset: bigint }>();
  const taken: bigint[] = [];
  log.split(' ').forEach((step, index) => {
    const offset = BigInt(index);
    const name = step.replace(/^[+-]/, '');
    const writer = { producerId: BigInt(name.charCodeAt(0)), epoch: Number(name.slice(1)) };
    if (step.startsWith('+')) filter.end({ ...writer, outcome: 'commit' });
    else if (step.startsWith('-')) filter.end({ ...writer, outcome: 'abort' });
    else filter.append([{ offset }], step === '.' ? undefined : writer);
    taken.push(...filter.take().map((record) => record.offset));
  });
  return { filter, committed: taken.map(Number), aborted: filter.aborted.map(Number) };
}

describe('AbortFilter', () => {
  it.each<[string, string, number[], number[]]>([
    ['records of no transaction at once', '. . .', [0, 1, 2], []],
    ['a committed transaction', 'a0 a0 +a0', [0, 1], []],
    ['an aborted transaction', 'a0 a0 -a0', [], [0, 1]],
    ['one inside another', 'a0 b0 -b0 a0 +a0', [0, 3], [1]],
    ['one inside another, the other way', 'a0 b0 +b0 a0 -a0', [1], [0, 3]],
    ['overlapping ones', 'a0 b0 a0 +a0 b0 -b0', [0, 2], [1, 4]],
    ['ends in the reversed order', 'a0 b0 c0 +c0 -b0 +a0', [0, 2], [1]],
    ['a producer that aborts and then commits', 'a0 -a0 a0 +a0', [2], [0]],
    ['a producer that commits and then aborts', 'a0 +a0 a0 -a0', [0], [2]],
    ['a fenced producer: the marker has the next epoch', 'a0 a0 -a1 a1 +a1', [3], [0, 1]],
    ['an epoch for each transaction (KIP-890)', 'a0 +a1 a1 -a2 a2 +a3', [0, 4], [2]],
    ['markers without records', '-a0 +b0 a0 -b0 +a0 -a0 a0 +a0', [2, 6], []],
    ['records of no transaction among aborted ones', 'a0 . a0 . -a0', [1, 3], [0, 2]],
  ])('takes %s', (_, log, committed, aborted) => {
    const result = played(log);
    expect(result.committed).toEqual(committed);
    expect(result.aborted).toEqual(aborted);
    expect(result.filter.open()).toEqual([]);
    expect(result.filter.oddities).toEqual([]);
  });

  it('keeps everything behind an open transaction, and nothing before it', () => {
    const { filter, committed, aborted } = played('. b0 -b0 a7 . b0 +b0 a7');
    expect(committed).toEqual([0]);
    expect(aborted).toEqual([1]);
    expect(filter.open()).toEqual([{ producerId: 97n, epoch: 7, firstOffset: 3n, records: 2 }]);
  });

  it('gives what was behind it in the order of offsets once it ends', () => {
    expect(played('a0 b0 . +b0 c0 -c0 +a0').committed).toEqual([0, 1, 2]);
  });

  it('takes a batch as a whole', () => {
    const filter = new AbortFilter<{ offset: bigint }>();
    const writer = { producerId: 1n, epoch: 0 };
    filter.append([{ offset: 4n }, { offset: 5n }], writer);
    filter.append([]);
    filter.end({ ...writer, outcome: 'commit' });
    expect(filter.take()).toEqual([{ offset: 4n }, { offset: 5n }]);
    expect(filter.take()).toEqual([]);
  });

  it.each([
    ['a marker of an epoch that is over', 'a3 +a2', 'epoch 3 was ended by a marker of epoch 2'],
    [
      'a new epoch inside a transaction of the old one',
      'a0 a1 +a1',
      'epoch 1 writes at 1 into a transaction',
    ],
  ])('tells of %s', (_, log, oddity) => {
    expect(played(log).filter.oddities.join()).toContain(oddity);
  });
});
