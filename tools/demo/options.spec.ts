import { expect, it } from '@jest/globals';
import { readOptions } from './options.ts';

it.each(['0x10', '1e2', ' 7', '', '0', '1.5'])('refuses what is no number of orders: "%s"', (orders) =>
  expect(() => readOptions(['--orders', orders])).toThrow(
    `--orders ${orders} is not a whole number from 1 on.\nUsage: npm run demo`,
  ),
);
