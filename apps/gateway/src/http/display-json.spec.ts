import { describe, expect, it } from '@jest/globals';
import { displayJson, textOf } from './display-json.ts';

describe('JSON for people', () => {
  it('is JSON with every digit', () => {
    const data = { amount: 5n, huge: 2n ** 60n, bytes: Buffer.from([0, 255]), list: [1n, null], text: 'a' };
    expect(displayJson(data)).toEqual({
      amount: 5,
      huge: '1152921504606846976',
      bytes: '00ff',
      list: [1, null],
      text: 'a',
    });
  });

  it('is text where bytes are text', () => {
    expect(textOf(Buffer.from('é'))).toBe('é');
    expect(textOf(Buffer.from([0xc3]))).toBe('0xc3');
  });
});
