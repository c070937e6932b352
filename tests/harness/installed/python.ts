import { join } from 'node:path';
import { startProgram } from '../run-program.ts';
import { installedOnce, type Missing, succeeding } from './installed-once.ts';

export const pythonSettings = { PYTHONUTF8: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

/** The programs of a Python environment of its own, by their names; or why this machine cannot have it. */
export async function pythonEnvironment(
  name: string,
  requirements: string,
): Promise<((program: string) => string) | Missing> {
  const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const { code } = await startProgram('python3', ['-c', probe]).ended;
  if (code !== 0)
    return { missing: 'it needs Python 3.10 or later with venv and pip, and python3 is not that here' };
  const directory = await installedOnce({
    name,
    pinnedBy: [requirements],
    install: async (target) => {
      const env = pythonSettings;
      await succeeding('python3', ['-m', 'venv', target], { env });
      const pip = ['-m', 'pip', 'install', '--quiet', '--requirement', requirements];
      await succeeding(programIn(target)('python'), pip, { env });
    },
  });
  return typeof directory === 'string' ? programIn(directory) : directory;
}

const programIn = (environment: string) => (program: string) =>
  join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', program);
