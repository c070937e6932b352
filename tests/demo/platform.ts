import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Platform {
  readonly gateway: string;
  readonly kafka: string;
  readonly registry: string;
  readonly postgres: string;
  readonly mail: string;
}

/** The platform that runs on this data. Throws a sentence if none does. */
export async function runningPlatform(dataDir: string): Promise<Platform> {
  const file = join(dataDir, 'platform.json');
  const start = 'Start it with `npm start`, wait for `ready`, then try again.';
  let platform: Platform;
  try {
    platform = JSON.parse(readFileSync(file, 'utf8')) as Platform;
  } catch {
    throw new Error(`No platform is running: there is no ${file}. ${start}`);
  }
  const answer = await fetch(`${platform.gateway}/health/live`).catch(() => undefined);
  if (!answer?.ok)
    throw new Error(`${file} names a gateway, ${platform.gateway}, that does not answer. ${start}`);
  return platform;
}
