import { describe, expect, it } from '@jest/globals';
import { storable } from './storable.ts';

describe('storable data', () => {
  it('has no text that Postgres refuses', () => {
    expect(storable({ key: 'a\u0000b', list: ['\uD800', { text: 'ü 🙂' }] })).toEqual({
      key: 'a\uFFFDb',
      list: ['\uFFFD', { text: 'ü 🙂' }],
    });
  });

  it('leaves bytes out, and the rest as it is', () => {
    expect(storable({ value: Buffer.from('x'), offset: 7n, key: null, force: true })).toEqual({
      offset: 7n,
      key: null,
      force: true,
    });
  });
});
