import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { readSchemas } from './read-schemas.ts';
import { renderAll } from './render.ts';

/** Writes `src/generated` anew from the schemas. */
const generated = new URL('../generated/', import.meta.url);
const files = renderAll(await readSchemas());

await mkdir(generated, { recursive: true });
for (const file of await readdir(generated)) {
  if (!files.has(file)) await rm(new URL(file, generated));
}
for (const [file, text] of files) await writeFile(new URL(file, generated), text);
console.log(`${files.size} files written to libs/contracts/src/generated`);
