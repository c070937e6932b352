import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { shellWord } from './shell-word.ts';

it.each(['/var/atelier', '.data', 'a b', "it's", '$HOME "x" `y` \\z', 'ä,;#', ''])(
  'is one word of a shell again: %s',
  (text) =>
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text),
);

it('leaves plain words as they are', () =>
  expect(shellWord('/var/lib/atelier-1.2')).toBe('/var/lib/atelier-1.2'));
