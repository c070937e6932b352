import { expect, it } from '@jest/globals';

/** No types: it is what Jest reads. */
const sequencer = './spread-platforms.mjs';

/** Files by their sizes, which is how Jest orders those that it has not run yet. */
const sizes = new Map([
  ['/tests/light-1.spec.ts', 11],
  ['/tests/operator/operator.spec.ts', 1],
  ['/tests/light-5.spec.ts', 15],
  ['/tests/light-4.spec.ts', 14],
  ['/tests/platform/platform.spec.ts', 2],
  ['/tests/light-2.spec.ts', 12],
  ['/tests/light-3.spec.ts', 13],
]);

it('has as much that is light behind each spec that starts a platform, the longest first', async () => {
  const { default: SpreadPlatforms } = await import(sequencer);
  const config = { cache: false, id: 'spec', rootDir: '/', haste: {} };
  const context = { config, hasteFS: { getSize: (path: string) => sizes.get(path) } };
  const tests = [...sizes.keys()].map((path) => ({ path, context }));
  const sorted: { path: string }[] = new SpreadPlatforms({ contexts: [], globalConfig: {} }).sort(tests);
  expect(sorted.map(({ path }) => path.replace(/.*\/|\.spec\.ts/g, ''))).toEqual([
    'platform',
    'light-5',
    'light-3',
    'light-1',
    'operator',
    'light-4',
    'light-2',
  ]);
});
