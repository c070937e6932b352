import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

await setUp();
process.exit(
  await runOnNode24([
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--max-old-space-size=6144',
    'tests/exactly-once/main.ts',
    ...process.argv.slice(2),
  ]),
);
