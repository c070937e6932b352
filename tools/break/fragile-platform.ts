import { shellWord } from '@atelier/local-stack';
import { type Platform, runningPlatform } from '../platform.ts';

/** A platform that lets itself be broken. */
export interface FragilePlatform extends Platform {
  /** The directory of the switch. */
  readonly faults: string;
  /** The address of each service by its instance's name. */
  readonly services: Readonly<Record<string, string>>;
}

/** The platform that runs on this data, if it was started with faults. Throws a sentence if not. */
export async function fragilePlatform(dataDir: string): Promise<FragilePlatform> {
  const platform = (await runningPlatform(dataDir).catch(() => undefined)) as FragilePlatform | undefined;
  if (platform?.faults !== undefined) return platform;
  throw new Error(
    `No platform that may be broken runs on ${shellWord(dataDir)}: start it with \`FAULTS=on npm start\`, wait for \`ready\`, then try again.`,
  );
}
