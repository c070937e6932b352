import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 'm', '1.5s', '-2s', '15 m', '15min', '99999999999999999d'])('%p is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});
