import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { shellWord } from './shell-word.ts';

const LINES = 12;
const LONGEST_LINE = 500;
const READ_BYTES = 65_536;
/** Of Node and of Java; `... 12 more` are frames that were told already. */
const stackFrame = /^\s*(at\s.*[):\d\]>]\s*\{?|\.\.\. \d+ more)$/;
/** `TypeError: …`, `java.io.IOException: …`, `Caused by: …`, and what Postgres and loggers write. */
const complaint = /\b\w*(error|exception|fatal)\b|^caused by: /i;

/**
 * Where a log is and how it ends, from `start` on: nothing of earlier runs. Frames of stacks are left out, and the last complaint
 * comes first where it is further up.
 */
export function logEnd(file: string, start = 0): string {
  const lines = linesFrom(file, start);
  if (lines.length === 0) return `Its log, ${shellWord(file)}, says nothing about it.`;
  const end = lines.slice(-LINES);
  const complained = lines.findLastIndex((line) => complaint.test(line));
  const shown = complained < 0 || complained >= lines.length - LINES ? end : [lines[complained], '…', ...end];
  return `Its log is ${shellWord(file)}, which ends:\n${shown.map((line) => `    ${line}`).join('\n')}`;
}

function linesFrom(file: string, start: number): string[] {
  return stripVTControlCharacters(lastBytes(file, start).toString('utf8'))
    .split('\n')
    .map((line) => line.trimEnd().slice(0, LONGEST_LINE))
    .filter((line) => line !== '' && !stackFrame.test(line));
}

/** Never reads more than the end of a log. */
function lastBytes(file: string, start: number): Buffer {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(Math.max(0, size - start), READ_BYTES));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes;
  } finally {
    closeSync(handle);
  }
}
