import { describe, expect, it } from '@jest/globals';
import { cursorOf, keysByTime as keys, keysOf } from './cursor.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  it('brings back where a page ended', () => {
    expect(keysOf(cursorOf('2026-01-02T03:04:05.678Z', '0b3c'), keys)).toEqual([
      '2026-01-02T03:04:05.678Z',
      '0b3c',
    ]);
  });

  it.each(['', 'x', '!!!', encoded('["2026","a"]'), encoded('{}'), encoded('["2026-01-02T03:04:05.678Z"]')])(
    '%j is refused',
    (cursor) => {
      expect(() => keysOf(cursor, keys)).toThrow('cursor');
    },
  );

  it.each([
    '0000-01-02T03:04:05.678Z',
    `2026-01-02T03:04:05.${'6'.repeat(200)}Z`,
    '2026-02-30T03:04:05.678Z',
  ])('at %s is refused, as Postgres would', (time) => {
    expect(() => keysOf(cursorOf(time, '0b3c'), keys)).toThrow('cursor');
  });
});
