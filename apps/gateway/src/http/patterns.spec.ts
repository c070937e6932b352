import { describe, expect, it } from '@jest/globals';
import { int32Pattern, int64Pattern, operatorPattern } from './patterns.ts';

describe.each([
  ['int32', int32Pattern, 2n ** 31n - 1n],
  ['int64', int64Pattern, 2n ** 63n - 1n],
])('the pattern of %s', (_, pattern, largest) => {
  const matches = (number: bigint) => new RegExp(pattern, 'u').test(String(number));
  /** Numbers next to each place where one more digit, or another one, is needed. */
  const corners = [...String(largest)].flatMap((_digit, place) => {
    const unit = 10n ** BigInt(place);
    const rounded = (largest / unit) * unit;
    return [unit - 1n, unit, unit + 1n, rounded - 1n, rounded, rounded + unit, 10n * unit * 9n];
  });

  it('takes every one up to the largest, and none beyond (2^63 - 1 was refused)', () => {
    for (const number of [0n, ...corners, largest - 1n, largest, largest + 1n, largest * 10n])
      expect({ number, matches: matches(number) }).toEqual({ number, matches: number <= largest });
  });

  it.each(['', '-1', '00', '01', '1.0', '0x1', ' 1', '1\n', '１'])('takes no %j', (text) => {
    expect(new RegExp(pattern, 'u').test(text)).toBe(false);
  });
});

describe('the pattern of an operator’s name', () => {
  it.each(['Ada Lovelace', '李 明', '李　明', 'José 🛠'])('takes %s', (name) => {
    expect(new RegExp(operatorPattern, 'u').test(name)).toBe(true);
  });

  it.each(['\u00a0', '\u3000', '\u200b', '\u00ad', '\u202eada', 'ada\u2028', '\u0085'])(
    'takes nothing that cannot be seen: %j',
    (name) => {
      expect(new RegExp(operatorPattern, 'u').test(name)).toBe(false);
    },
  );
});
