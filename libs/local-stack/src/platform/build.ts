import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../environment.ts';
import type { Family } from '../family.ts';
import { partsIn } from '../paths.ts';
import { isBuilt, noteBuilt } from './built.ts';

/** Builds every package, unless all are; what has not changed comes from Nx's cache. */
export async function build(family: Family, root: string, cacheDir: string): Promise<void> {
  if (isBuilt(root)) return;
  const bin = join(root, 'node_modules', '.bin');
  const logFile = join(partsIn(cacheDir).logs, 'build.log');
  rmSync(logFile, { force: true });
  await family.run({
    name: 'the build',
    command: join(bin, process.platform === 'win32' ? 'nx.cmd' : 'nx'),
    args: ['run-many', '-t', 'build'],
    cwd: root,
    env: cleanEnvironment({ NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' }),
    logFile,
  });
  noteBuilt(root);
}
