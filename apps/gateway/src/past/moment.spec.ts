import { describe, expect, it } from '@jest/globals';
import { momentOf, momentQuery } from './moment.ts';

const read = (query: Record<string, unknown>) => {
  const result = momentQuery.safeParse(query);
  return result.success ? momentOf(result.data) : result.error.issues;
};
const noon = Date.parse('2026-11-30T12:00:00Z');

describe('a moment in a query', () => {
  it.each([
    [{}, undefined],
    [{ version: '0' }, { version: 0 }],
    [{ version: '2147483647' }, { version: 2_147_483_647 }],
    [{ at: '2026-11-30T12:00:00Z' }, { at: noon }],
    [{ at: '2026-11-30t13:00:00.0019999+01:00' }, { at: noon + 1 }],
    [{ at: '2026-11-30T00:30:00-11:30' }, { at: noon }],
    [{ at: '2024-02-29T00:00:00z' }, { at: Date.parse('2024-02-29T00:00:00Z') }],
    [{ at: '0000-01-01T00:00:00Z' }, { at: Date.parse('0000-01-01T00:00:00Z') }],
    [{ at: '9999-12-31T23:59:59.999-23:59' }, { at: Date.parse('9999-12-31T23:59:59.999-23:59') }],
  ])('%j is %j', (query, moment) => {
    expect(read(query)).toEqual(moment);
    expect(Object.values(moment ?? {}).every(Number.isSafeInteger)).toBe(true);
  });

  it.each(['version=', 'version=-1', 'version=01', 'version=1.0', 'version=2147483648', 'version=newest'])(
    '?%s is refused, with what it may be',
    (query) => {
      const issues = read(Object.fromEntries([query.split('=')]));
      expect(issues).toMatchObject([{ path: ['version'], message: 'must be a number from 0 to 2147483647' }]);
    },
  );

  it.each([
    '',
    'yesterday',
    '2026-11-30',
    '2026-11-30T12:00Z',
    '2026-11-30T12:00:00',
    '2026-11-30 12:00:00Z',
    // A + that was not encoded.
    '2026-11-30T12:00:00 01:00',
    '2026-02-29T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-11-30T24:00:00Z',
    '2026-11-30T12:00:60Z',
    '1764504000000',
  ])('?at=%s is refused, with how a time is written', (at) => {
    const [issue] = read({ at }) as { path: unknown; message: string }[];
    expect(issue).toMatchObject({ path: ['at'], message: expect.stringContaining('RFC 3339') });
  });

  it('is one of both, and nothing else', () => {
    expect(read({ version: '1', at: '2026-11-30T12:00:00Z' })).toMatchObject([
      { path: ['at'], message: 'give either version or at, not both' },
    ]);
    expect(read({ verison: '1' })).toMatchObject([{ keys: ['verison'] }]);
  });
});
