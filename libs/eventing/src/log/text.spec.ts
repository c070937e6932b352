import { describe, expect, it } from '@jest/globals';
import { headerName, isText, writtenName } from './text.ts';

const long = Buffer.alloc(200, 'a');

describe('text in records', () => {
  it.each([
    ['none', Buffer.alloc(0), true],
    ['ASCII', Buffer.from('order-1'), true],
    ['more than ASCII', Buffer.from('Zoë ☂ 𝄞'), true],
    ['long text', Buffer.concat([long, Buffer.from('☂')]), true],
    ['FF', Buffer.from([0x61, 0xff]), false],
    ['a lone surrogate, as CESU-8 has it', Buffer.from([0xed, 0xa0, 0x80]), false],
    ['half a character', Buffer.from('☂').subarray(0, 2), false],
    ['a zero in two bytes', Buffer.from([0xc0, 0x80]), false],
    ['a long text with FF', Buffer.concat([long, Buffer.from([0xff])]), false],
  ])('is told from what is not UTF-8: %s', (_, bytes, expected) => {
    expect(isText(bytes)).toBe(expected);
    const within = Buffer.concat([Buffer.from([0xff]), bytes, Buffer.from([0xff])]);
    expect(isText(within, 1, within.length - 1)).toBe(expected);
  });

  it.each([
    Buffer.from('plain'),
    Buffer.from('Zoë'),
    Buffer.from([0x61, 0xff, 0x62]),
    Buffer.from([0xed, 0xb3, 0xbf]),
    Buffer.from([0xc3]),
  ])('keeps every byte of a header name: %j', (bytes) => {
    expect(Buffer.from(writtenName(headerName(bytes)))).toEqual(bytes);
  });
});
