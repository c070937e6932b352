import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheDir } from '@atelier/local-stack';
import { startProgram } from '../run-program.ts';

/** What this machine cannot have, and why: specs that need it are skipped, and say so. */
export interface Missing {
  readonly missing: string;
}

interface Wanted {
  readonly name: string;
  /** Files that pin what is installed: other contents are another installation. */
  readonly pinnedBy: readonly string[];
  readonly install: (directory: string) => Promise<void>;
}

/**
 * The directory of programs that specs need from elsewhere, installed once in the cache; or why they cannot be had. In CI they
 * must be: rejects with the output of what failed.
 */
export async function installedOnce({ name, pinnedBy, install }: Wanted): Promise<string | Missing> {
  const hash = createHash('sha256');
  for (const file of pinnedBy) hash.update(await readFile(file));
  const directory = join(defaultCacheDir, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const done = join(directory, 'installed');
  if (existsSync(done)) return directory;
  try {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await install(directory);
    writeFileSync(done, '');
    return directory;
  } catch (error) {
    if (process.env['CI']) throw error;
    return { missing: `it cannot be installed: ${(error as Error).message}` };
  }
}

/** Runs a program of an installation. Rejects with its output when it fails. */
export async function succeeding(
  command: string,
  args: readonly string[],
  surroundings?: Parameters<typeof startProgram>[2],
): Promise<string> {
  const { code, output } = await startProgram(command, args, surroundings).ended;
  if (code === 0) return output;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`);
}

/** Says once what is not tried here. */
export function skipped(what: string, { missing }: Missing): void {
  process.stderr.write(`skipped: ${what}, as ${missing}\n`);
}
