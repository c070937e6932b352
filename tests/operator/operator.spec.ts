import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { BreakablePlatform } from '../harness/breakable-platform.ts';
import { specDirectory } from '../harness/spec-directory.ts';
import { bugsOf } from './bugs.suite.ts';
import { decisions } from './decisions.suite.ts';
import { npmRunFault } from './npm-run-fault.suite.ts';

/** One platform for three suites, as its start takes longer than each of them. None counts what another has left behind. */
describe('a platform that may be broken', () => {
  let platform: BreakablePlatform;
  let bugs: string;

  beforeAll(async () => {
    bugs = join(await specDirectory('release'), 'bugs');
    await writeFile(bugs, '');
    const release = new URL('release-with-bugs.mjs', import.meta.url).href;
    platform = await BreakablePlatform.start({
      NODE_OPTIONS: `--import=${release}`,
      BUGS: bugs,
      OPERATOR_TOKEN: 'sesame',
    });
  });

  afterAll(() => platform?.stop());

  describe('by npm run fault', () => npmRunFault(() => platform));
  describe('and is looked after by its operator', () => decisions(() => platform));
  describe('and whose release has bugs', () =>
    bugsOf(
      () => platform,
      () => bugs,
    ));
});
