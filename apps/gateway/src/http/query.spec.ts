import { describe, expect, it } from '@jest/globals';
import { parseQuery } from './query.ts';

describe('a query', () => {
  it('has a text for each name, and a list where it stands more than once', () => {
    expect({ ...parseQuery('a=1&b=2&a=3&c&a=4') }).toEqual({ a: ['1', '3', '4'], b: '2', c: '' });
  });

  it('is read in a time that grows as its length does (one GET stopped the gateway for 20 s)', () => {
    const times = 400_000;
    expect(parseQuery('a&'.repeat(times))['a']).toHaveLength(times);
  });
});
