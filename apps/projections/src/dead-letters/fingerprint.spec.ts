import { describe, expect, it } from '@jest/globals';
import { fingerprint, normalised } from './fingerprint.ts';

describe('a normalised message', () => {
  it.each([
    ['no product at offset 1234', 'no product at offset <number>'],
    ['took 1.5 s of 10 s', 'took <number> s of <number> s'],
    ['order 1c41bdc5-be6b-5406-b577-cb181b4c2578 is gone', 'order <uuid> is gone'],
    ['checksum 0xDEADbeef, not 00ff17aa', 'checksum <hex>, not <hex>'],
    [`"EASEL-01" is not 'a b' or \`c\``, '<text> is not <text> or <text>'],
    [`can't read what isn't there`, `can't read what isn't there`],
    ['1234567 and 12345678', '<number> and <number>'],
    ['effaced facade', 'effaced facade'],
    ['partition2', 'partition<number>'],
  ])('of %j is %j', (message, expected) => {
    expect(normalised(message)).toBe(expected);
  });
});

describe('a fingerprint', () => {
  const failure = { errorClass: 'RangeError', errorMessage: 'order 17 is too large', handler: 'Mail.send' };

  it('is the same for failures that differ in numbers', () => {
    expect(fingerprint({ ...failure, errorMessage: 'order 4 is too large' })).toBe(fingerprint(failure));
    expect(fingerprint(failure)).toMatch(/^[\da-f]{16}$/);
  });

  it.each([{ errorClass: 'TypeError' }, { errorMessage: 'order 17 is too small' }, { handler: 'Mail.sent' }])(
    'is another one for %j',
    (other) => {
      expect(fingerprint({ ...failure, ...other })).not.toBe(fingerprint(failure));
    },
  );
});
