import { expect, it } from '@jest/globals';
import { percentile } from './percentile.ts';

it('knows percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100]);
  expect(percentile([], 50)).toBeUndefined();
});
