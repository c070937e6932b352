import { readConfig } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { settings } from './transactions.config.ts';

describe('the time between two looks', () => {
  it.each([
    [undefined, 1_000],
    ['100ms', 100],
    ['1m', 60_000],
  ])('%s is %d ms', (written, ms) => {
    const given = written === undefined ? {} : { TRANSACTIONS_WATCH: written };
    expect(readConfig(settings, given)).toEqual({ TRANSACTIONS_WATCH: ms });
  });

  it.each(['99ms', '0s', 'soon', '1'])('is not %s', (written) => {
    expect(() => readConfig(settings, { TRANSACTIONS_WATCH: written })).toThrow(
      'TRANSACTIONS_WATCH cannot be used: give a duration of 100ms or more, like 500ms or 1s',
    );
  });
});
