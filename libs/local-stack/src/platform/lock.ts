import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSameProcess, processIdentity } from '../process-identity.ts';
import { shellWord } from '../shell-word.ts';
import { StackError } from '../stack-error.ts';

export interface Holder {
  pid: number;
  identity: string | undefined;
  gateway: string;
}

const lockName = /^platform\.lock\.(\d+)$/;

/**
 * At most one platform runs on a data directory. Locks are numbered files and the highest one counts. A dead holder is
 * followed by creating the next number, which only one of several starters can do; nobody removes a lock that another
 * starter could be about to follow, except the holder of a higher one.
 */
export function takeLock(dataDir: string, gateway: string): { release(): void } {
  createDirectory(dataDir);
  for (;;) {
    // The number follows the lock that was looked at: one that has come since is somebody's who runs.
    const highest = lockNumbers(dataDir).at(-1);
    const holder = highest === undefined ? undefined : runningHolder(dataDir, highest);
    if (holder) throw alreadyRunning(dataDir, holder);
    const number = (highest ?? 0) + 1;
    if (!create(dataDir, number, { pid: process.pid, identity: processIdentity(process.pid), gateway }))
      continue;
    if (lockNumbers(dataDir).at(-1) !== number) {
      remove(dataDir, number); // Another starter followed a higher one meanwhile.
      continue;
    }
    for (const old of lockNumbers(dataDir)) if (old < number) remove(dataDir, old);
    return { release: () => remove(dataDir, number) };
  }
}

function createDirectory(dataDir: string): void {
  try {
    makeDirectory(dataDir);
  } catch (cause) {
    throw unusable(dataDir, 'cannot be created', cause);
  }
}

function unusable(dataDir: string, why: string, cause: unknown): StackError {
  const { code } = cause as NodeJS.ErrnoException;
  return new StackError(
    'BAD_SETTING',
    `DATA_DIR, ${shellWord(dataDir)}, ${why} (${code}): choose another one.`,
    { cause },
  );
}

/** Who runs the platform on this directory now, if anybody does. */
export function runningPlatform(dataDir: string): Holder | undefined {
  const highest = lockNumbers(dataDir).at(-1);
  return highest === undefined ? undefined : runningHolder(dataDir, highest);
}

function runningHolder(dataDir: string, number: number): Holder | undefined {
  const holder = readHolder(dataDir, number);
  return holder && isRunning(holder) ? holder : undefined;
}

export function alreadyRunning(dataDir: string, { pid, gateway }: Holder): StackError {
  return new StackError(
    'ALREADY_RUNNING',
    `The platform runs on ${shellWord(dataDir)} already, at ${gateway} (pid ${pid}): use that one, stop it with Ctrl-C, or set DATA_DIR and PORT for another one.`,
  );
}

function isRunning({ pid, identity }: Holder): boolean {
  if (identity !== undefined) return isSameProcess(pid, identity);
  try {
    process.kill(pid, 0); // Where a process cannot be told from a later one with its pid, be careful.
    return true;
  } catch {
    return false;
  }
}

function lockNumbers(dataDir: string): number[] {
  let names: string[];
  try {
    names = readdirSync(dataDir);
  } catch {
    return [];
  }
  return names.flatMap((name) => lockName.exec(name)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
}

function create(dataDir: string, number: number, holder: Holder): boolean {
  try {
    writeFileSync(lockFile(dataDir, number), JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(dataDir, 'cannot be written to', error);
  }
}

/** A lock is written right after it is created: one that stays empty was left by a starter that died in between. */
function readHolder(dataDir: string, number: number): Holder | undefined {
  for (const patience = Date.now() + 1_000; Date.now() < patience; pause(20)) {
    try {
      return JSON.parse(readFileSync(lockFile(dataDir, number), 'utf8')) as Holder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    }
  }
  return undefined;
}

const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const lockFile = (dataDir: string, number: number) => join(dataDir, `platform.lock.${number}`);
const remove = (dataDir: string, number: number) => rmSync(lockFile(dataDir, number), { force: true });

/** Level by level: where nothing can be made, as in /proc, Node's own recursive mkdir never returns. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}
