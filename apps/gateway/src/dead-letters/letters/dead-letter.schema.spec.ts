import { describe, expect, it } from '@jest/globals';
import { redriveRequest } from './dead-letter.schema.ts';

/** An object within an object within an object, so many in all. */
const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels));

const issuesOf = (value: unknown) => redriveRequest.safeParse({ reason: 'fixed', value }).error?.issues ?? [];

describe('the value of a redrive', () => {
  it('has up to 64 levels', () => {
    expect(issuesOf(nested(64))).toEqual([]);
  });

  it.each([65, 40_000])('has no %d levels', (levels) => {
    expect(issuesOf(nested(levels))).toMatchObject([
      { path: ['value'], message: 'must not be nested deeper than 64 levels' },
    ]);
  });
});
