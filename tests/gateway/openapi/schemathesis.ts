import { join } from 'node:path';
import type { Missing } from '../../harness/installed/installed-once.ts';
import { pythonEnvironment, pythonSettings } from '../../harness/installed/python.ts';
import { type Ended, startProgram } from '../../harness/run-program.ts';

/** Schemathesis, in an environment of its own that is installed once, or why this machine cannot have it. */
export async function schemathesis(): Promise<{ readonly program: string } | Missing> {
  const programs = await pythonEnvironment('schemathesis', join(import.meta.dirname, 'requirements.txt'));
  return 'missing' in programs ? programs : { program: programs('schemathesis') };
}

/** Runs a program to its end, or says why it could not be run. */
export const run = (
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> => startProgram(command, args, { cwd, env: { ...pythonSettings, ...env } }).ended;
