import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `schemas`: the code that is generated from them may be out of date, and the build says so. */
const SOURCES = ['src', 'schemas'];
const FOLDERS = ['apps', 'libs'];
/** Beside its sources, what each package is built by. */
const SHARED = ['package-lock.json', 'tsconfig.base.json', '.swcrc'];

/**
 * Whether each package was built after its sources were last changed, as `make` would see it. A second build would put the same files
 * into the place of those that are there, and whoever starts in that moment finds none.
 */
export function isBuilt(root: string): boolean {
  const shared = newest(SHARED.map((name) => join(root, name)).filter(existsSync));
  return packagesIn(root).every((directory) => {
    const stamp = stampOf(directory);
    if (!existsSync(stamp)) return false;
    const folders = SOURCES.map((name) => join(directory, name)).filter(existsSync);
    const sources = newest([join(directory, 'package.json'), ...folders.flatMap(everythingIn)]);
    return statSync(stamp).mtimeMs > Math.max(shared, sources);
  });
}

/** To be called once all of them are built. */
export function noteBuilt(root: string): void {
  for (const directory of packagesIn(root)) writeFileSync(stampOf(directory), '');
}

const stampOf = (directory: string) => join(directory, 'dist', '.built');

function packagesIn(root: string): string[] {
  const directories = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  return directories.filter((directory) => {
    const file = join(directory, 'package.json');
    if (!existsSync(file)) return false;
    const { nx } = JSON.parse(readFileSync(file, 'utf8')) as { nx?: { targets?: { build?: object } } };
    return nx?.targets?.build !== undefined;
  });
}

/** Folders, too: what is deleted changes the time of its folder. */
const everythingIn = (directory: string) => [
  directory,
  ...readdirSync(directory, { recursive: true }).map((path) => join(directory, String(path))),
];

const newest = (paths: readonly string[]) => Math.max(...paths.map((path) => statSync(path).mtimeMs));
