import { describe, expect, it } from '@jest/globals';
import { check as find } from './dead-letters.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const at = (offset: bigint) => ({ topic: 'orders.commands', partition: 1, offset });

describe('dead letters and poison', () => {
  it('are the same records', () => {
    expect(check({ poison: [at(1n), at(2n)], deadLetters: [at(2n), at(1n)] })).toEqual([]);
  });

  it.each([
    ['poison that was passed over', [at(1n)], [], 'no dead letter'],
    ['an innocent record that was given up', [], [at(7n)], 'no poison'],
    ['a record that was given up twice', [at(1n)], [at(1n), at(1n)], '2 dead letters'],
  ])('finds %s', (_, poison, deadLetters, expected) => {
    expect(check({ poison, deadLetters })).toEqual([expect.stringContaining(expected)]);
  });
});
