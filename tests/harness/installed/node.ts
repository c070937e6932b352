import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installedOnce, type Missing, succeeding } from './installed-once.ts';

const PINS = ['package.json', 'package-lock.json'];

/** A directory with the packages that a lock file beside a `package.json` has; or why this machine cannot have it. */
export const npmPackages = (name: string, from: string): Promise<string | Missing> =>
  installedOnce({
    name,
    pinnedBy: PINS.map((file) => join(from, file)),
    install: async (target) => {
      for (const file of PINS) await copyFile(join(from, file), join(target, file));
      const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
      await succeeding(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: target });
    },
  });
