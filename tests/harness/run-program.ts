import { type ChildProcess, spawn } from 'node:child_process';
import { repositoryRoot } from '@atelier/local-stack';

export interface Ended {
  /** Null where it could not be run, or was ended by a signal. */
  readonly code: number | null;
  /** Of both streams, or why it could not be run. */
  readonly output: string;
}

interface Surroundings {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Starts a program, in the root of this repository unless told otherwise. */
export function startProgram(
  command: string,
  args: readonly string[],
  { cwd = repositoryRoot, env }: Surroundings = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', ({ message }) => resolve({ code: null, output: message }));
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
}

/** Starts a program of this repository as npm's scripts do once dependencies are there. */
export const startNode = (args: readonly string[], surroundings: Surroundings = {}) =>
  startProgram(process.execPath, ['--conditions=source', ...args], surroundings);
