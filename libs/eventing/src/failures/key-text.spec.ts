import { describe, expect, it } from '@jest/globals';
import { keyBytes, keyText } from './key-text.ts';

describe('the text of a key', () => {
  it.each([
    [Buffer.from('order-1'), 'order-1'],
    [Buffer.from('Zoë ☂'), 'Zoë ☂'],
    [Buffer.alloc(0), ''],
    [Buffer.from([0xff, 0xfe]), '0xfffe'],
    [Buffer.from([0xed, 0xa0, 0x80]), '0xeda080'],
    [Buffer.from('a\ufffdb'), 'a\ufffdb'],
    [Buffer.from('a\0b'), '0x610062'],
    [Buffer.from('0xnothex'), '0xnothex'],
    [Buffer.from('0xABCD'), '0xABCD'],
    [Buffer.from('0xabc'), '0xabc'],
    [Buffer.from('0xff'), '0x30786666'],
    [Buffer.from('0x61'), '0x30783631'],
    [Buffer.from('0x'), '0x3078'],
  ])('%j is %s, and can be told back', (key, text) => {
    expect(keyText(key)).toBe(text);
    expect(keyBytes(text)).toEqual(key);
  });
});
