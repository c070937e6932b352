import { execFileSync } from 'node:child_process';
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

it('linked out of the package, which is dead where it is installed: each link is to what is in there', () => {
  const linked = [...text('../README.md').matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => path);
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  const [{ files: inside }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const has = (path: string) =>
    URL.canParse(path) || inside.some((file) => file.path === path || file.path.startsWith(`${path}/`));
  expect(linked).not.toEqual([]);
  expect(linked.filter((path) => !has(path))).toEqual([]);
});
