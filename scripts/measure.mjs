import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

await setUp();
process.exit(
  await runOnNode24(['--conditions=source', 'tools/order-cost/main.ts', ...process.argv.slice(2)]),
);
