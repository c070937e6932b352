import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last lines of a log file, indented; never reads more than its end. */
export function readLastLines(file: string, count: number): string {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return '    (it is empty)';
  }
  try {
    const size = fstatSync(handle).size;
    const tail = Buffer.alloc(Math.min(size, 16_384));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8').trimEnd().split('\n').slice(-count);
    return lines.map((line) => `    ${line}`).join('\n');
  } finally {
    closeSync(handle);
  }
}
