import { describe, expect, it } from '@jest/globals';
import { cursorAtText, cursorAtTime, numberCursor, textCursor, timeCursor } from './cursor.ts';

describe('a cursor', () => {
  it.each(['0b3c', '', 'Füße 🫖', 'a.b/c', 'x'.repeat(300)])('brings back where a page ended: %j', (id) => {
    for (const time of ['2026-01-02T03:04:05.678Z', '+033658-09-27T01:46:39.999Z'])
      expect(timeCursor.parse(cursorAtTime(time, id))).toEqual({ time: new Date(time), id });
    expect(textCursor.parse(cursorAtText(id))).toBe(id);
  });

  it('brings back also an id of another system from before ids had a limit (its list ended there)', () => {
    const id = 'x'.repeat(20_000);
    expect(textCursor.parse(cursorAtText(id))).toBe(id);
    expect(timeCursor.parse(cursorAtTime('2026-01-02T03:04:05.678Z', id))).toMatchObject({ id });
  });

  it.each([
    ['1', new Date(1)],
    ['-99999999999999', new Date('-001199-02-15T14:13:20.001Z')],
    ['999999999999999', new Date('+033658-09-27T01:46:39.999Z')],
  ])('that a client made up is a place all the same: %s', (written, time) => {
    expect(timeCursor.parse(`${written}.ff00`)).toEqual({ time, id: '\uFFFD' });
  });

  it.each(['', 'x', '1', '.', '1.0', '1.0g', '1.0A', '1.00.00', '1.00\n', '１.00', '1e3.00'])(
    '%j is refused',
    (cursor) => {
      expect(timeCursor.safeParse(cursor).success).toBe(false);
    },
  );

  it.each(['x', '0', 'FF', '00 '])('of a text, %j is refused', (cursor) => {
    expect(textCursor.safeParse(cursor).success).toBe(false);
  });

  it.each(['', '-1', '0x1', '1.0', '1234567890'])('of a number, %j is refused', (cursor) => {
    expect(numberCursor.safeParse(cursor).success).toBe(false);
  });
});
