import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { EventingError } from '../domain/index.ts';

/** Files that an environment holds open: its data twice, and its lock. */
const FILES = 3;

/** The process may open no more files. */
export class TooManyFiles extends EventingError {
  constructor(cause: unknown) {
    super(
      'TOO_MANY_FILES',
      `No file can be opened (${(cause as Error).message}): raise the limit of open files, each partition with state has ${FILES}`,
      { retryable: true, cause },
    );
  }
}

const DAMAGED = /MDB_(CORRUPTED|INVALID|VERSION_MISMATCH|PAGE_NOTFOUND|BAD_TXN)|not an LMDB file/;

/** Whether an error of LMDB means that the file itself is damaged, and not that it cannot be used now. */
export const isDamage = (error: unknown) => DAMAGED.test((error as Error).message);

/**
 * Opens an LMDB environment that is a cache of the log, and its databases. A damaged one is thrown away: it will be
 * rebuilt. One that was cut short must be found out before it is read, because LMDB maps the file, and reading
 * beyond its end ends the process. So does opening one where no file handle is left (lmdb 3.5.6): they are tried before.
 * Anything else that goes wrong, a full disk say, is the operator's.
 */
export function openEnvironment<T>(
  path: string,
  databases: (env: RootDatabase) => T,
): T & { readonly env: RootDatabase } {
  try {
    return openWhole(path, databases);
  } catch (error) {
    if (!isDamage(error)) throw error;
    rmSync(path, { recursive: true, force: true });
    return openWhole(path, databases);
  }
}

function openWhole<T>(path: string, databases: (env: RootDatabase) => T): T & { readonly env: RootDatabase } {
  refuseWithoutHandles();
  const size = sizeOf(path);
  const env = open({ path, noSubdir: false, maxDbs: 8 });
  try {
    if (size !== undefined && size < neededBytes(env))
      // eslint-disable-next-line no-restricted-syntax -- as LMDB says it: whoever opens it reads the message
      throw new Error('MDB_CORRUPTED: the file was cut short');
    return { env, ...databases(env) };
  } catch (error) {
    void env.close();
    throw error;
  }
}

function refuseWithoutHandles(): void {
  const handles: number[] = [];
  try {
    // A file that is there.
    while (handles.length < FILES) handles.push(openSync(process.execPath, 'r'));
  } catch (cause) {
    throw new TooManyFiles(cause);
  } finally {
    handles.forEach((handle) => closeSync(handle));
  }
}

function sizeOf(path: string): number | undefined {
  const file = join(path, 'data.mdb');
  return existsSync(file) ? statSync(file).size : undefined;
}

function neededBytes(env: RootDatabase): number {
  const { lastPageNumber, pageSize } = env.getStats() as { lastPageNumber: number; pageSize: number };
  return (lastPageNumber + 1) * pageSize;
}
