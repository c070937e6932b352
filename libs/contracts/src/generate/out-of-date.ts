import { readdir, readFile } from 'node:fs/promises';

export const generatedDir = new URL('../generated/', import.meta.url);

/** The files of `src/generated` that are not what the schemas say: changed, missing, or left over. */
export async function outOfDate(
  files: ReadonlyMap<string, string>,
  dir = generatedDir,
): Promise<readonly string[]> {
  const there = await readdir(dir);
  const left = there.filter((name) => !files.has(name));
  const changed = await Promise.all(
    [...files].map(async ([name, text]) => {
      const same = there.includes(name) && (await readFile(new URL(name, dir), 'utf8')) === text;
      return same ? [] : [name];
    }),
  );
  return [...changed.flat(), ...left].sort();
}
