import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftovers } from '../ledger.ts';
import { shellWord } from '../shell-word.ts';
import { StackError } from '../stack-error.ts';
import { alreadyRunning, runningPlatform } from './lock.ts';
import { readPlatformConfig } from './platform.config.ts';

/** Removes all data, unless it is in use or is not ours. */
async function reset(): Promise<string> {
  const { dataDir } = readPlatformConfig();
  const holder = runningPlatform(dataDir);
  if (holder) throw alreadyRunning(dataDir, holder);
  if (!existsSync(dataDir)) return `There is no data in ${shellWord(dataDir)}.`;
  if (!['kafka-cluster.json', 'postgres.password'].some((name) => existsSync(join(dataDir, name)))) {
    throw new StackError(
      'BAD_SETTING',
      `${shellWord(dataDir)} does not hold data of the platform, so it is not removed: check DATA_DIR.`,
    );
  }
  await stopLeftovers(join(dataDir, 'children.json'));
  rmSync(dataDir, { recursive: true, force: true });
  return `All data in ${shellWord(dataDir)} is removed.`;
}

try {
  process.stdout.write(`${await reset()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof StackError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
