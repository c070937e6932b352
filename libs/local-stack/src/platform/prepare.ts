import { Family } from '../family.ts';
import { fetchParts } from '../fetch-parts.ts';
import { defaultCacheDir, repositoryRoot } from '../paths.ts';
import { StackError } from '../stack-error.ts';
import { build } from './build.ts';
import { progressSince, startedAt } from './progress.ts';
import { stopRequest } from './stop-request.ts';

/** Fetches the parts and builds the packages, for tests. */
const step = progressSince(startedAt());
const family = new Family();
const stop = stopRequest(() => void family.stopAll());
try {
  await Promise.all([
    fetchParts(defaultCacheDir, step, family).then(() => step('parts there')),
    build(family, repositoryRoot, defaultCacheDir).then(() => step('built')),
  ]);
  process.exit(0);
} catch (error) {
  await family.stopAll();
  if (!stop.aborted)
    process.stderr.write(`\n${error instanceof StackError ? error.message : (error as Error).stack}\n`);
  process.exit(stop.aborted ? 130 : 1);
}
