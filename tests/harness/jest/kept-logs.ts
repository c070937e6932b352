import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a run keeps what it starts; workers of Jest inherit it. */
const VARIABLE = 'SPEC_RUN_DIRECTORY';

/** Makes the directory of a run. The shared stack and each spec file have theirs in it. */
export function beginRun(): { directory: string; stack: string } {
  const directory = mkdtempSync(join(tmpdir(), 'atelier-test-'));
  const stack = join(directory, 'stack');
  mkdirSync(stack);
  process.env[VARIABLE] = directory;
  return { directory, stack };
}

/** Undefined where a run needs none: that of the unit specs. */
export const runDirectory = () => process.env[VARIABLE];

/** Below this a spec file has its directories, whether there are any or not. */
export function directoriesOf(specFile: string): string | undefined {
  const run = runDirectory();
  return run && join(run, specFile.replaceAll(/[\\/]/g, '.'));
}
