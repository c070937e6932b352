import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { cleanEnvironment } from './environment.ts';
import { StackError } from './stack-error.ts';

/** In which order children are stopped: those that use others first. */
export const stopOrder = {
  tool: 0,
  gateway: 1,
  service: 2,
  registry: 3,
  mail: 4,
  kafka: 5,
  /** Brokers say to it that they go. */
  controller: 6,
  postgres: 7,
} as const;

export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  logFile: string;
  stopOrder: number;
  /** Nothing of the user's that it could obey, unless given: see `cleanEnvironment`. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What it reads from its standard input; nothing without one. */
  inputFile?: string;
  user?: { uid: number; gid: number } | undefined;
  stopSignal?: NodeJS.Signals;
  stopWithinMs?: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export const describeExit = ({ code, signal }: Exit): string => signal ?? `exit code ${code}`;

/**
 * A process in a group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then stops its
 * children in order. What it prints goes to its log file.
 */
export class Child {
  readonly spec: ChildSpec;
  readonly pid: number;
  /** Where in its log file its own words begin: earlier runs are before them. */
  readonly logStart: number;
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;

  constructor(spec: ChildSpec, handle: ChildProcess, pid: number, logStart = 0) {
    this.spec = spec;
    this.pid = pid;
    this.logStart = logStart;
    this.exited = new Promise((resolve) => {
      handle.once('exit', (code, signal) => {
        this.exit = { code, signal };
        signalGroup(pid, 'SIGKILL');
        resolve(this.exit);
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.exit) signalGroup(this.pid, signal);
  }

  async stop(): Promise<void> {
    this.kill(this.spec.stopSignal ?? 'SIGTERM');
    const deadline = setTimeout(() => this.kill('SIGKILL'), this.spec.stopWithinMs ?? 10_000);
    await this.exited;
    clearTimeout(deadline);
  }
}

export async function spawnChild(spec: ChildSpec): Promise<Child> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  const logStart = fstatSync(log).size;
  const input = spec.inputFile === undefined ? undefined : openSync(spec.inputFile, 'r');
  try {
    const handle = spawn(spec.command, spec.args, {
      stdio: [input ?? 'ignore', log, log],
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: spec.env ?? cleanEnvironment(),
      ...(spec.cwd ? { cwd: spec.cwd } : {}),
      ...(spec.user ?? {}),
    });
    const failed = new Promise<Error>((resolve) => handle.on('error', resolve));
    if (handle.pid !== undefined) return new Child(spec, handle, handle.pid, logStart);
    const cause = await failed;
    throw new StackError('PROCESS_FAILED', `${spec.name} could not be started: ${cause.message}`, { cause });
  } finally {
    closeSync(log);
    if (input !== undefined) closeSync(input);
  }
}

/** Signals the whole group of a child, also when its leader is gone already. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
