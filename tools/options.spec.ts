import { describe, expect, it } from '@jest/globals';
import { decimal, TypedOptions } from './options.ts';

const names = ['orders', 'share', 'only', 'file'] as const;
const typed = (...args: string[]) =>
  new TypedOptions('Usage: a program', args, names, { flags: ['soak'], words: true });

describe('the options that somebody typed', () => {
  it('are numbers, texts, flags and words', () => {
    const options = typed(
      'now',
      '--orders',
      '7',
      '--share',
      '0.5',
      '--only',
      '1,3',
      '--soak',
      '--file',
      'a b',
    );
    expect(options.words).toEqual(['now']);
    expect(options.whole('orders', 1, 1)).toBe(7);
    expect(options.number('share', 1, 0)).toBe(0.5);
    expect(options.wholes('only', 1)).toEqual([1, 3]);
    expect([options.flag('soak'), options.text('file')]).toEqual([true, 'a b']);
  });

  it('are what they are unless they were typed', () => {
    const options = typed();
    expect([options.whole('orders', 300, 1), options.number('share', 1, 0)]).toEqual([300, 1]);
    expect([options.wholes('only', 1), options.text('file'), options.flag('soak')]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it.each([
    ['what nobody knows', () => typed('--pots'), "Unknown option '--pots'"],
    [
      'a word where none is expected',
      () => new TypedOptions('Usage: a program', ['x'], names),
      "Unexpected argument 'x'",
    ],
    [
      'a number without digits',
      () => typed('--orders', 'many').whole('orders', 1, 1),
      '--orders many is not a whole number from 1 on.',
    ],
    [
      'less than the least',
      () => typed('--orders', '0').whole('orders', 1, 1),
      '--orders 0 is not a whole number from 1 on.',
    ],
    [
      'a fraction of a whole',
      () => typed('--orders', '1.5').whole('orders', 1, 1),
      '--orders 1.5 is not a whole number',
    ],
    [
      'one of a list',
      () => typed('--only', '1,x').wholes('only', 1),
      '--only x is not a whole number from 1 on.',
    ],
    [
      'too small a share',
      () => typed('--share', '0').number('share', 1, 0.1),
      '--share 0 is not a number from 0.1 on.',
    ],
  ])('are refused with a sentence, and with the usage: %s', (_, read, sentence) => {
    expect(read).toThrow(sentence);
    expect(read).toThrow('\nUsage: a program');
  });

  it.each(['', ' 7', '-1', '+1', '0x10', '1e3', '.5', '1_000', '9'.repeat(400)])(
    'are no numbers: %j',
    (text) => expect(decimal(text)).toBeNaN(),
  );
});
