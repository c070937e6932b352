import { describe, expect, it } from '@jest/globals';
import { readCheckOptions, readRecordOptions, RECORDED, SEED } from './options.ts';

describe('what npm run history:check is told', () => {
  it('is nothing, a file or the platform', () => {
    expect(readCheckOptions([])).toEqual({ file: RECORDED, most: 5 });
    expect(readCheckOptions(['mine.ndjson', '--most', '50'])).toEqual({ file: 'mine.ndjson', most: 50 });
    expect(readCheckOptions(['--platform'])).toEqual({ file: undefined, most: 5 });
  });

  it.each([[['a', 'b']], [['a', '--platform']], [['--most', '0']]])('is refused: %j', (args) => {
    expect(() => readCheckOptions(args)).toThrow('Usage: npm run history:check');
  });
});

describe('what npm run history:record is told', () => {
  it('is nothing, another seed, or where the platform goes', () => {
    expect(readRecordOptions([])).toEqual({ file: RECORDED, platform: false, seed: SEED });
    expect(readRecordOptions(['--seed', '7', '--to', 'a'])).toEqual({ file: 'a', platform: false, seed: 7 });
    expect(readRecordOptions(['--platform', '--to', 'a'])).toMatchObject({ file: 'a', platform: true });
  });

  it('is refused where a platform would be written over what the repository has', () => {
    expect(() => readRecordOptions(['--platform'])).toThrow('say where --to');
  });
});
