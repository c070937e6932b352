import { takesNoArguments } from './arguments.mjs';
import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

takesNoArguments(`Usage: npm run reset
Removes all data of a platform that does not run: .data, or DATA_DIR.`);
await setUp();
process.exit(await runOnNode24(['--conditions=source', 'libs/local-stack/src/platform/reset.ts']));
