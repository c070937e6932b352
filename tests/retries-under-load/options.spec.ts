import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.ts';

describe('the options of the failure tests', () => {
  it('say how many records, how fast, and which of them fail', () => {
    expect(readOptions([])).toMatchObject({ records: 100_000, rate: 1_000, seed: 1 });
    expect(
      readOptions(['--records', '5000', '--rate', '200', '--seed', '0', '--state', import.meta.dirname]),
    ).toEqual({
      records: 5_000,
      rate: 200,
      seed: 0,
      state: import.meta.dirname,
    });
  });

  it.each([
    [['--records', '99'], '--records 99 is not a whole number from 100 on.'],
    [['--rate', 'fast'], '--rate fast is not a whole number from 1 on.'],
    [['--seed', '1.5'], '--seed 1.5 is not a whole number from 0 on.'],
    [['--records', '0x10000'], '--records 0x10000 is not a whole number from 100 on.'],
    [['--state', '/nowhere'], '--state /nowhere is not a directory.'],
    [['--state', '/no where'], "--state '/no where' is not a directory."],
    [['--poison', '5'], "Unknown option '--poison'"],
    [['5000'], "Unexpected argument '5000'"],
  ])('are refused with a sentence, and with the usage: %j', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence);
    expect(() => readOptions(args)).toThrow('Usage: npm run test:failures -- [--records 100000]');
  });
});
