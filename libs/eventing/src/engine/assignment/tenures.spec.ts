import { beforeEach, describe, expect, it } from '@jest/globals';
import { Tenures } from './tenures.ts';

const at = (...partitions: number[]) => partitions.map((partition) => ({ topic: 'topic', partition }));

describe('a partition is held', () => {
  let tenures: Tenures;
  const now = () => tenures.of('topic', 0);
  beforeEach(() => {
    tenures = new Tenures();
    tenures.begin(5, at(0, 1));
  });

  it('without a break through generations that give it to the same member', () => {
    const before = now();
    tenures.begin(6, at(0));
    tenures.begin(6, at(0));
    expect([now(), tenures.of('topic', 1)]).toEqual([before, undefined]);
  });

  it.each([
    ['was lost and is regained', () => tenures.begin(6, at(1)), 7],
    ['may have been of another in a generation that was missed', () => undefined, 7],
    ['was held by a membership that was lost', () => tenures.end(), 6],
  ])(
    'anew when it %s (two have worked on it, each with the positions of before)',
    (_, meanwhile, generation) => {
      const before = now();
      meanwhile();
      tenures.begin(generation, at(0, 1));
      expect(now()).not.toBe(before);
      expect(now()).toBeDefined();
    },
  );
});
