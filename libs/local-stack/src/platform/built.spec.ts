import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt, noteBuilt } from './built.ts';

const [LONG_AGO, LATER] = [new Date('2020-01-01'), new Date(Date.now() + 60_000)];

describe('a checkout is built', () => {
  let root: string;
  const at = (...path: string[]) => join(root, ...path);
  const change = (...path: string[]) => utimesSync(at(...path), LATER, LATER);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'atelier-built-'));
    for (const folder of ['apps', 'libs/part/src/inner', 'libs/part/schemas', 'libs/part/dist', 'libs/tool'])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('package-lock.json'), '{}');
    writeFileSync(at('libs/part/package.json'), JSON.stringify({ nx: { targets: { build: {} } } }));
    writeFileSync(at('libs/tool/package.json'), '{}');
    writeFileSync(at('libs/part/src/inner/a.ts'), '');
    for (const path of [
      'package-lock.json',
      'libs/part/package.json',
      'libs/part/src/inner/a.ts',
      'libs/part/src/inner',
      'libs/part/src',
      'libs/part/schemas',
    ])
      utimesSync(at(path), LONG_AGO, LONG_AGO);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('once it was, and not before: a second build took away what was being started (a module was not found)', () => {
    expect(isBuilt(root)).toBe(false);
    noteBuilt(root);
    expect(isBuilt(root)).toBe(true);
  });

  it.each([
    ['a source', 'libs/part/src/inner/a.ts'],
    ['a folder, of which something was deleted', 'libs/part/src/inner'],
    ['a schema', 'libs/part/schemas'],
    ['what the package is', 'libs/part/package.json'],
    ['what it depends on', 'package-lock.json'],
  ])('no more after a change of %s', (_, path) => {
    noteBuilt(root);
    change(path);
    expect(isBuilt(root)).toBe(false);
  });
});
