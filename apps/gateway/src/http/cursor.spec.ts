import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { cursorOf, keysOf } from './cursor.ts';

const keys = z.tuple([z.iso.datetime(), z.string()]);
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
});
