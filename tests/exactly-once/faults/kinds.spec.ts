import { describe, expect, it } from '@jest/globals';
import { Random } from '../../../tools/random.ts';
import { faults } from './index.ts';
import { Kinds } from './kinds.ts';

const names = (kinds: Kinds<unknown>, times: number, random?: Random) =>
  Array.from({ length: times }, () => kinds.next(random)[0]);
const three = () => new Kinds([...'abc'].map((name) => [name, name.toUpperCase()]));

describe('the kinds of a fault', () => {
  it('come in their order, and begin again', () => {
    const kinds = three();
    expect(kinds.next()).toEqual(['a', 'A']);
    expect(names(kinds, 4)).toEqual(['b', 'c', 'a', 'b']);
  });

  it('come in an order of the seed, all of them before any again', () => {
    const kinds = three();
    const random = new Random(5);
    for (const round of [1, 2, 3])
      expect([round, ...names(kinds, 3, random).sort()]).toEqual([round, ...'abc']);
    expect(names(three(), 9, new Random(5))).toEqual(names(three(), 9, new Random(5)));
  });

  it('are left until they had a turn, those of one name together', () => {
    const kinds = new Kinds([...'aab'].map((name) => [name, name]));
    expect(kinds.left).toEqual(['a', 'b']);
    kinds.next();
    expect(kinds.left).toEqual(['b']);
    names(kinds, 2);
    expect(kinds.left).toEqual([]);
  });

  it.each(faults().map((fault) => [fault.name, fault] as const))(
    'have all their turn in a whole run: %s',
    (_, { kinds, times }) => {
      if (kinds) expect(times).toBeGreaterThanOrEqual(kinds.size);
    },
  );
});
