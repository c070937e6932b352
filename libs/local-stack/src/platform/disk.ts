import { statfs } from 'node:fs/promises';
import { shellWord } from '../shell-word.ts';
import { StackError } from '../stack-error.ts';

const gibibyte = 1024 ** 3;

/** A broker that fills the disk stops half way, so refuse before that. */
export async function checkFreeSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= gibibyte) return;
  const mebibytes = Math.floor(free / 1024 ** 2);
  throw new StackError(
    'DISK_FULL',
    `Only ${mebibytes} MiB are free in ${shellWord(directory)}: free 1 GiB, or choose another directory with the variable DATA_DIR.`,
  );
}
