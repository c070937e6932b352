import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from '@jest/globals';
import { repositoryRoot } from '@atelier/local-stack';
import { directoriesOf } from './jest/kept-logs.ts';

/**
 * A directory of the spec file that runs, for what it starts. Nobody has to remove it: that is done after the file has
 * passed, and not at all when it has failed.
 */
export async function specDirectory(name: string): Promise<string> {
  const { testPath } = expect.getState();
  const directory = testPath === undefined ? undefined : directoriesOf(relative(repositoryRoot, testPath));
  if (directory === undefined) throw new Error('Only a spec of a run with its setup has directories');
  await mkdir(directory, { recursive: true });
  return mkdtemp(join(directory, `${name}-`));
}
