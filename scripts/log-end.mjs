import { existsSync, readFileSync } from 'node:fs';
import { shellWord } from './shell-word.mjs';

/** Where a log is and how it ends, as the end of a message. */
export function logEnd(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : '';
  if (text === '') return `Its log, ${shellWord(file)}, says nothing about it.`;
  return `Its log is ${shellWord(file)}, which ends:\n${text.split('\n').slice(-15).join('\n')}`;
}
