import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** Without its indentation, which the README leaves out. */
const text = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8').replace(/^ +/gm, '');
const quoted = [...text('../README.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));

it.each(quoted)('the README quotes what is compiled and run: %s', (code) => {
  expect(files.filter((name) => text(name).includes(code))).not.toEqual([]);
});
