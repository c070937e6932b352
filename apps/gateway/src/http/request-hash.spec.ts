import { describe, expect, it } from '@jest/globals';
import { requestHash } from './request-hash.ts';

describe('the hash of a request', () => {
  it('does not depend on the order of properties', () => {
    expect(requestHash({ a: 1, b: { c: 2, d: [3] } })).toBe(requestHash({ b: { d: [3], c: 2 }, a: 1 }));
  });

  it.each([{ a: 2 }, { a: '1' }, { a: [1] }, { b: 1 }, { a: 1, b: null }])('differs for %j', (other) => {
    expect(requestHash({ a: 1 })).not.toBe(requestHash(other));
  });
});
