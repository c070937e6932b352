import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellWord } from '@atelier/local-stack';

export interface Platform {
  readonly gateway: string;
  readonly kafka: string;
  readonly registry: string;
  readonly postgres: string;
  readonly mail: string;
}

/** A gateway that was killed is up again within this, on a slow machine, too. */
const PATIENCE_MS = 60_000;

/** The platform that runs on this data. Throws a sentence if none does, or if its gateway stays silent for `patienceMs`. */
export async function runningPlatform(dataDir: string, patienceMs = PATIENCE_MS): Promise<Platform> {
  const file = join(dataDir, 'platform.json');
  const start = 'Start it with `npm start`, wait for `ready`, then try again.';
  let platform: Platform;
  try {
    platform = JSON.parse(readFileSync(file, 'utf8')) as Platform;
  } catch {
    throw new Error(`No platform is running: there is no ${shellWord(file)}. ${start}`);
  }
  for (const deadline = Date.now() + patienceMs; !(await isLive(platform.gateway)); await sleep(250))
    if (Date.now() > deadline)
      throw new Error(
        `${shellWord(file)} names a gateway, ${platform.gateway}, that does not answer. ${start}`,
      );
  return platform;
}

async function isLive(gateway: string): Promise<boolean> {
  const answer = await fetch(`${gateway}/health/live`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.ok === true;
}
