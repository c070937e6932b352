import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Locks a state directory for this process; answers the way to unlock it. Throws when another process that is
 * alive holds it. The lock of a process that is gone, told by its id and start time, is taken over.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${startOf(process.pid)}`;
  try {
    writeFileSync(path, mine, { flag: 'wx' });
  } catch {
    const holder = readFileSync(path, 'utf8');
    const [pid] = holder.split(' ');
    if (holder !== mine && isAlive(Number(pid)) && holder === `${pid} ${startOf(Number(pid))}`) {
      throw new Error(
        `${JSON.stringify(directory)} is in use by process ${pid}: give each instance a directory of its own`,
      );
    }
    writeFileSync(path, mine);
  }
  return () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** When a process started, in clock ticks since boot, where the system tells (Linux); else empty. */
function startOf(pid: number): string {
  try {
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? ''
    );
  } catch {
    return '';
  }
}
