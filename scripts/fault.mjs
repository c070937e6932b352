import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { runOnNode24 } from './node24.mjs';

// No set-up: installing dependencies would take them away from under the platform that runs.
if (!existsSync(join(root, 'node_modules', 'node'))) {
  console.error('No platform runs: start one with `FAULTS=on npm start`, wait for `ready`, then try again.');
  process.exit(1);
}
process.exit(await runOnNode24(['--conditions=source', 'tools/break/main.ts', ...process.argv.slice(2)]));
