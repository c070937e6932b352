import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** Recipes for what does not exist yet. */
const RECIPES = ['docs/adding.md'];
const FOLDERS = /^(apps|libs|tests|tools|scripts|docs)\//;
const PLAIN = /^[\w./@-]+$/;

const root = posix.dirname(import.meta.dirname);
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
}).split('\n');
const known = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));

describe('the docs', () => {
  const pages = files.filter((file) => file.endsWith('.md') && !RECIPES.includes(file));

  it.each(pages)('name only files that are there: %s', (page) => {
    expect(pathsIn(page).filter((path) => !exists(path))).toEqual([]);
  });
});

function pathsIn(page) {
  const quoted = readFileSync(posix.join(root, page), 'utf8').matchAll(/`([^`\s]+)`/g);
  const paths = Array.from(quoted, ([, path]) => path.replace(/\/$/, ''));
  return paths.filter((path) => PLAIN.test(path) && (FOLDERS.test(path) || path.endsWith('.ts')));
}

/** Below a folder that the page names elsewhere, paths may be short. */
function exists(path) {
  return FOLDERS.test(path) ? known.has(path) : files.some((file) => `/${file}`.endsWith(`/${path}`));
}

function foldersOf(file) {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
