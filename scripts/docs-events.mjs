import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

await setUp();
const args = ['--conditions=source', '--import', './tools/decorators.mjs', 'tools/events/main.ts'];
process.exit(await runOnNode24([...args, ...process.argv.slice(2)]));
