import { describe, expect, it } from '@jest/globals';
import { readHeader } from './header-grammar.ts';

describe('a header that costs time before anybody is known', () => {
  const filled = (start: string, filling: string, length: number) =>
    start + filling.repeat(Math.floor((length - start.length) / filling.length));

  it.each([
    ['Prefer', 'wait=3', ','],
    ['Prefer', 'wait=3', ';a=b'],
    ['IfNoneMatch', '"1"', ',"2"'],
    ['ContentType', 'application/json', ';a=b'],
    ['ContentEncoding', 'identity', ','],
  ] as const)('%s is read up to 1,000 characters: %s and many %s', (rule, start, filling) => {
    expect(readHeader(rule, filled(start, filling, 1_000))).toBeDefined();
    expect(readHeader(rule, filled(start, filling, 1_001 + filling.length))).toBeUndefined();
  });

  it('Authorization is read up to 8,000: a token may be a long one', () => {
    expect(readHeader('Authorization', `Bearer ${'x'.repeat(7_993)}`)).toBe('x'.repeat(7_993));
    expect(readHeader('Authorization', `Bearer ${'x'.repeat(7_994)}`)).toBeUndefined();
  });
});
