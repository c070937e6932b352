import { describe, expect, it } from '@jest/globals';
import { sanitized } from './sanitized.ts';

describe('sanitized data', () => {
  it('has no text that Postgres refuses', () => {
    expect(sanitized({ key: 'a\u0000b', list: ['\uD800', { text: 'ü 🙂' }] })).toEqual({
      key: 'a\uFFFDb',
      list: ['\uFFFD', { text: 'ü 🙂' }],
    });
  });

  it('leaves bytes out, and the rest as it is', () => {
    expect(sanitized({ value: Buffer.from('x'), offset: 7n, key: null, force: true })).toEqual({
      offset: 7n,
      key: null,
      force: true,
    });
  });
});
