import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { generatedDir } from './out-of-date.ts';
import { InvalidSchemas } from './problems.ts';
import { readSchemas } from './read-schemas.ts';
import { renderAll } from './render.ts';

/** Writes `src/generated` anew from the schemas. */
try {
  const files = renderAll(await readSchemas());
  await mkdir(generatedDir, { recursive: true });
  for (const file of await readdir(generatedDir)) {
    if (!files.has(file)) await rm(new URL(file, generatedDir));
  }
  for (const [file, text] of files) await writeFile(new URL(file, generatedDir), text);
  console.log(`${files.size} files written to libs/contracts/src/generated`);
} catch (error) {
  if (!(error instanceof InvalidSchemas)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
