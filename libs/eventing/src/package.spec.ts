import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
interface Package {
  readonly exports: Readonly<
    Record<string, { readonly source: string; readonly types: string; readonly default: string }>
  >;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const { exports, files, dependencies, peerDependencies } = JSON.parse(read('package.json')) as Package;

/** What is loaded, of the package and of others, by whoever imports one of its entries. */
function reached(): { own: Set<string>; others: Set<string> } {
  const [own, others] = [new Set<string>(), new Set<string>()];
  const visit = (path: string): void => {
    if (own.has(path)) return;
    own.add(path);
    for (const [, name = ''] of read(path).matchAll(/(?:\bfrom |\bimport |\bload\()'([^']+)'/g)) {
      if (name.startsWith('.')) visit(join(dirname(path), name));
      else others.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    }
  };
  for (const { source } of Object.values(exports)) visit(join(source));
  return { own, others };
}

/** As npm reads `files`: the last that matches decides. */
const isPacked = (path: string) =>
  files.reduce((packed, pattern) => {
    const name = pattern.replace(/^!/, '');
    return matchesGlob(path, name) || path.startsWith(`${name}/`) ? !pattern.startsWith('!') : packed;
  }, false);
const built = (source: string) => source.replace(/^src/, 'dist').replace(/\.ts$/, '.js');

describe('the package', () => {
  const { own, others } = reached();

  it('depends on what it imports, and on nothing else', () => {
    const imported = [...others].filter(
      (name) => !name.startsWith('node:') && !builtinModules.includes(name),
    );
    expect(imported.sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });

  it('has types for each of its entries', () => {
    for (const { source, types, default: code } of Object.values(exports)) {
      expect(code).toBe(`./${built(join(source))}`);
      expect(types).toBe(code.replace(/\.js$/, '.d.ts'));
    }
  });

  it('has every file that its entries load', () => {
    expect([...own].map(built).filter((path) => !isPacked(path))).toEqual([]);
  });

  it('has nothing that only its specs need', () => {
    const all = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = all
      .filter((name) => /(?<!\.spec|\.features)\.ts$/.test(name))
      .map((name) => join('src', name));
    expect(
      sources.filter((name) => !own.has(name) && isPacked(built(name))).map((name) => relative('src', name)),
    ).toEqual([]);
  });
});
