import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Problem } from './problems.ts';
import type { SchemaFile } from './schema-file.ts';

/**
 * The types of message that have an upcaster, `orders.events/OrderPlaced` for `src/upcasters/orders.events/OrderPlaced.ts`: each such file
 * exports it as `upcast`.
 */
export async function readUpcasters(dir: URL): Promise<ReadonlySet<string>> {
  const files = await readdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const modules = files.filter((file) => /(?<!\.spec)\.ts$/.test(file));
  return new Set(modules.map((file) => file.replaceAll(sep, '/').replace(/\.ts$/, '')));
}

export function ofNoMessage(
  upcasters: ReadonlySet<string>,
  files: readonly SchemaFile[],
): readonly Problem[] {
  const messages = new Set(files.map(({ topic, type }) => `${topic}/${type}`));
  return [...upcasters]
    .filter((name) => !messages.has(name))
    .map((name) => ({
      file: `../src/upcasters/${name}.ts`,
      text: `is of no message: name it <topic>/<Type>.ts, after the one that it is from, whose schemas stay`,
    }));
}
