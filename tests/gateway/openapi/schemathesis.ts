import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheDir } from '@atelier/local-stack';
import { type Ended, startProgram } from '../../harness/run-program.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');

/**
 * Schemathesis, in an environment of its own that is installed once, or why this machine cannot have it. In CI it must come as
 * far as there is Python: throws with the output of what failed.
 */
export async function schemathesis(): Promise<{ readonly program: string } | { readonly missing: string }> {
  const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const { code } = await run('python3', ['-c', probe]);
  if (code !== 0)
    return { missing: 'it needs Python 3.10 or later with venv and pip, and python3 is not that here' };
  try {
    return { program: await installed() };
  } catch (error) {
    if (process.env['CI']) throw error;
    return { missing: `it cannot be installed: ${(error as Error).message}` };
  }
}

async function installed(): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const environment = join(defaultCacheDir, `schemathesis-${hash.slice(0, 12)}`);
  const done = join(environment, 'installed');
  const program = (name: string) => join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', name);
  if (!existsSync(done)) {
    rmSync(environment, { recursive: true, force: true });
    await succeeding('python3', ['-m', 'venv', environment]);
    await succeeding(program('python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    writeFileSync(done, '');
  }
  return program('schemathesis');
}

async function succeeding(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

const python = { PYTHONUTF8: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };

/** Runs a program to its end, or says why it could not be run. */
export const run = (
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> => startProgram(command, args, { cwd, env: { ...python, ...env } }).ended;
