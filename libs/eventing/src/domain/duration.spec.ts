import { describe, expect, it } from '@jest/globals';
import { type Duration, milliseconds, parseDuration } from './duration.ts';

describe('a duration (settings and declarations once had a grammar each)', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ] as const)('%s is %d ms', (text, ms) =>
    expect([parseDuration(text), milliseconds(text)]).toEqual([ms, ms]),
  );

  it.each(['', '15', 'm', 's', '1.5s', '-2s', '15 m', '15min', '1e3s', '99999999999999999d'])(
    '%p is none, and says how to write one',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
      expect(() => milliseconds(text as Duration)).toThrow(
        `${text} is not a duration: write a whole number and its unit, like 500ms, 2s, 15m, 1h or 7d`,
      );
    },
  );
});
