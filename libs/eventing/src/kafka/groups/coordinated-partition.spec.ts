import { expect, it } from '@jest/globals';
import { coordinatedPartition } from './coordinated-partition.ts';

it("a coordinator's partition follows from Java's hash of the id", () => {
  // The hash of this one is the one number without an absolute value, for which brokers take 0.
  expect(coordinatedPartition('polygenelubricants', 12)).toBe(0);
  expect(coordinatedPartition('ab', 12)).toBe((97 * 31 + 98) % 12);
});
