import { describe, expect, it } from '@jest/globals';
import { ordersFor, readOptions } from './options.ts';

describe('what npm run measure is told', () => {
  it('is nothing, as a rule', () => {
    const usual = { inFlight: [1, 16, 256], orders: undefined, warmUp: 200, idleSeconds: 30 };
    expect(readOptions([])).toMatchObject(usual);
  });

  it('is how many orders at a time, and how many in all', () => {
    const typed = readOptions([
      '--in-flight',
      '8,64',
      '--orders',
      '50',
      '--warm-up',
      '0',
      '--idle',
      '0',
      '--seed',
      '7',
    ]);
    expect(typed).toEqual({ inFlight: [8, 64], orders: 50, warmUp: 0, idleSeconds: 0, seed: 7 });
  });

  it.each([['--in-flight', '0'], ['--orders', 'some'], ['--loud'], ['--idle', '-1']])(
    'is refused with a sentence: %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow('Usage: npm run measure');
    },
  );

  it('is more orders where more are in flight', () => {
    expect([1, 16, 64, 256, 1_024].map(ordersFor)).toEqual([100, 100, 384, 1_500, 1_500]);
  });
});
