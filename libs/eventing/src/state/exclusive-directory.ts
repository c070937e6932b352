import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventingError } from '../domain/index.ts';

/** Milliseconds that a holder which is just ending has for it. */
const PATIENCE_MS = 500;
const SQLITE_BUSY = 5;

/**
 * Locks a directory for this process; answers the way to unlock it. Throws DirectoryLocked when another process holds it.
 *
 * The lock is SQLite's on a database without content, which the kernel keeps, and frees when its process is gone, however
 * that ended (https://sqlite.org/lockingv3.html). Hence nobody takes over a lock that was left behind, and no two can
 * win it. Two hazards: a process that opens and closes that file by other means loses its lock (POSIX), so the holder's id is in
 * another one; and network file systems may grant it twice.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const holder = join(directory, 'holder');
  const database = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: PATIENCE_MS });
  try {
    database.exec('begin exclusive');
  } catch (cause) {
    database.close();
    throw unusable(directory, holder, cause);
  }
  writeFileSync(holder, String(process.pid));
  return () => {
    rmSync(holder, { force: true });
    database.close();
  };
}

/** The directory cannot be had now. It is asked for again: its holder may end, and its disk may be repaired. */
export class DirectoryLocked extends EventingError {}

function unusable(directory: string, holder: string, cause: unknown): DirectoryLocked {
  const name = JSON.stringify(directory);
  const about = { retryable: true, fields: { directory }, cause };
  if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY)
    return new DirectoryLocked(
      'DIRECTORY_UNUSABLE',
      `${name} cannot be locked: give a directory of a local disk that can be written`,
      about,
    );
  return new DirectoryLocked(
    'DIRECTORY_IN_USE',
    `${name} is in use by ${nameOf(holder)}: give each instance a directory of its own`,
    about,
  );
}

function nameOf(holder: string): string {
  try {
    return `process ${readFileSync(holder, 'utf8')}`;
  } catch {
    return 'another process';
  }
}
