import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

await setUp();
process.exit(
  await runOnNode24([
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    'tests/retries-under-load/main.ts',
    ...process.argv.slice(2),
  ]),
);
