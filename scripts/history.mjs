import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

const [which, ...args] = process.argv.slice(2);
await setUp();
process.exit(
  await runOnNode24([
    '--conditions=source',
    // Handlers that are simulated have decorators.
    ...['--import', './tools/decorators.mjs'],
    `tools/history/${which}.main.ts`,
    ...args,
  ]),
);
