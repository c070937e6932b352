import { runOnNode24 } from './node24.mjs';
import { setUp } from './setup.mjs';

const startedAt = await setUp();
const platform = 'libs/local-stack/src/platform/main.ts';
process.exit(
  await runOnNode24(['--conditions=source', platform, `--started=${startedAt}`], { channel: true }),
);
