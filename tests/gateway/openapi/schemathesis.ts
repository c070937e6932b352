import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheDir } from '@atelier/local-stack';

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

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end, or says why it could not be run. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PYTHONUTF8: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', ({ message }) => resolve({ code: null, output: message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
