import { describe, expect, it } from '@jest/globals';
import { produceRounds } from './produce-rounds.ts';

const KIB = 1024;

describe('records of one transaction', () => {
  const record = (partition: number, name: string, bytes: number) => ({
    topic: 'topic',
    partition,
    key: Buffer.from(name),
    value: Buffer.alloc(bytes),
    headers: [],
  });
  const named = (rounds: ReturnType<typeof produceRounds>) =>
    rounds.map((round) => round.map(({ key, partition }) => `${partition}${String(key)}`).join(' '));

  it('go in one round as long as each partition has one batch of them', () => {
    const parts = [[record(0, 'a', 1), record(1, 'b', 1)], [record(0, 'c', 1)]];
    expect(named(produceRounds(parts))).toEqual(['0a 1b 0c']);
    expect(produceRounds([[], []])).toEqual([]);
  });

  it('of many lanes that are too much for one batch go in several, in their order (they were refused as too large together)', () => {
    const parts = [
      [record(0, 'a', 300 * KIB)],
      [record(0, 'b', 300 * KIB), record(1, 'c', 300 * KIB)],
      [record(0, 'd', 100 * KIB)],
      [record(0, 'e', 900 * KIB)],
      [record(0, 'f', 1)],
    ];
    expect(named(produceRounds(parts))).toEqual(['0a 1c', '0b 0d', '0e', '0f']);
  });

  it('of one lane stay together: its state counts on from the first of them', () => {
    const parts = [[record(0, 'a', 1)], [record(0, 'b', 400 * KIB), record(0, 'c', 400 * KIB)]];
    expect(named(produceRounds(parts))).toEqual(['0a', '0b 0c']);
  });
});
