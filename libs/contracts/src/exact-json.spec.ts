import { describe, expect, it } from '@jest/globals';
import { jsonData, parseExactly, stringifyExactly } from './exact-json.ts';

const largest = 2n ** 63n - 1n;

describe('JSON with every digit', () => {
  it('has a bigint as a number', () => {
    const data = { amount: largest, list: [-largest, 450n, 1.5, null], text: '9223372036854775807' };
    expect(stringifyExactly(data)).toBe(
      '{"amount":9223372036854775807,"list":[-9223372036854775807,450,1.5,null],"text":"9223372036854775807"}',
    );
  });

  it('is read into bigint only where a number would not be exact', () => {
    expect(parseExactly('[9223372036854775807, 9007199254740992, 9007199254740991, 450, 1.5, 1e30]')).toEqual(
      [largest, 2n ** 53n, 2 ** 53 - 1, 450, 1.5, 1e30],
    );
  });

  it('is the same from a message and from its JSON', () => {
    const message = {
      total: { amount: largest, currency: 'EUR' },
      lines: [{ amount: 450n }],
      bytes: Buffer.of(1),
    };
    const { bytes: _, ...rest } = message;
    expect(jsonData(message)).toEqual(parseExactly(stringifyExactly(rest)));
  });
});
