import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from './shell-word.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const cacheDir = join(root, '.cache');
/** The Node that everything runs on; a dependency like any other. */
export const node24 = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** What a shell reads between double quotes, in which Postgres has it start its own programs. */
const readByShells = process.platform === 'win32' ? '%' : '$`"\\';

/**
 * Throws a sentence where nothing can be built or started: PATH and Java's class path end at their delimiter, the registry's jar
 * does not open below some of the others, Postgres does not find itself, and tools take the rest for patterns or parts of URLs.
 */
export function refuseUnusablePath(directory = root) {
  const path = directory.slice(directory.search(/[/\\]/));
  const unusable = [delimiter, ...'![]*?#', ...readByShells].find((character) => path.includes(character));
  if (unusable === undefined) return;
  throw new Error(
    `The project lies below ${shellWord(directory)}, which has a "${unusable}" in it: move it elsewhere.`,
  );
}
