import { expect, it } from '@jest/globals';

/** No types: it is what Jest reads. */
const sequencer = './spread-platforms.mjs';

it('has as much that is light behind each spec that starts a platform, the longest first', async () => {
  const { default: SpreadPlatforms } = await import(sequencer);
  const config = { cache: false, id: 'spec', rootDir: '/', haste: {} };
  const test = (name: string, duration: number) => ({
    path: `/tests/${name}.spec.ts`,
    duration,
    context: { config },
  });
  const light = Array.from({ length: 5 }, (_, index) => test(`light-${index}`, 100 - index));
  const tests = [...light, test('operator/operator', 1), test('platform/platform', 2)];
  const sorted: { path: string }[] = new SpreadPlatforms({ contexts: [], globalConfig: {} }).sort(tests);
  expect(sorted.map(({ path }) => /(\w+|light-\d)\.spec/.exec(path)?.[1])).toEqual([
    'platform',
    'light-0',
    'light-2',
    'light-4',
    'operator',
    'light-1',
    'light-3',
  ]);
});
