import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultCacheDir, repositoryRoot } from './paths.ts';

/** What is made there, and what is linked. */
const notCopied = new Set(['node_modules', 'dist', '.git', '.cache', '.data', '.faults', '.nx']);

let parent: string;
let checkout: string;

/** A checkout with what npm installs: its own packages lie in the checkout itself, all others in the repository that this is. */
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'atelier-odd-'));
  checkout = join(parent, "my ä, b's & (2) 100%", 'atelier');
  cpSync(repositoryRoot, checkout, {
    recursive: true,
    filter: (path) => !notCopied.has(basename(path)),
  });
  const [installed, modules] = [join(repositoryRoot, 'node_modules'), join(checkout, 'node_modules')];
  mkdirSync(join(modules, '@atelier'), { recursive: true });
  for (const name of readdirSync(installed))
    if (name !== '@atelier') symlinkSync(join(installed, name), join(modules, name));
  for (const name of readdirSync(join(installed, '@atelier')))
    symlinkSync(readlinkSync(join(installed, '@atelier', name)), join(modules, '@atelier', name));
  // What npm has put beside a package that needs another version; without it everything would be installed anew.
  for (const beside of globSync('{apps,libs}/*/node_modules', { cwd: repositoryRoot }))
    symlinkSync(join(repositoryRoot, beside), join(checkout, beside));
  mkdirSync(join(checkout, '.cache'));
  symlinkSync(join(defaultCacheDir, 'stack'), join(checkout, '.cache', 'stack'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [join('scripts', script), ...args], {
    cwd: checkout,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('a checkout below an odd path', () => {
  it('has its programs run', () => {
    const said = run('demo.mjs', '--help');
    expect(said).toContain('Usage: npm run demo');
    expect(said).not.toContain('dependencies installed');
  });

  it('is built, and its specs are found and pass', () => {
    expect(run('test.mjs', 'libs/local-stack/src/ports.spec.ts', 'scripts/closing-line.spec.mjs')).toMatch(
      /^[1-9]\d* passed, 0 failed$/m,
    );
    expect(existsSync(join(checkout, 'libs/eventing/dist/nest/index.js'))).toBe(true);
    expect(existsSync(join(checkout, 'apps/gateway/dist/main.js'))).toBe(true);
  });
});
