import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const module = new URL('./environment.ts', import.meta.url).href;
/** Opens environments until one is refused, and writes why. */
const opener = `
  const { openEnvironment } = await import(${JSON.stringify(module)});
  const opened = (path) => {
    try {
      openEnvironment(path, () => ({}));
      return true;
    } catch (error) {
      console.log(error.code, error.message);
      return false;
    }
  };
  for (let at = 0; at < 200 && opened(process.argv[1] + '/' + at); at++);
  process.exit();`;

it('a process that may open no more files says so (LMDB ended it with a segmentation fault)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'atelier-files-'));
  const node = [process.execPath, '--conditions=source', '--input-type=module', '-e', opener, directory];
  const { status, stdout } = spawnSync('sh', ['-c', 'ulimit -n 150 && exec "$@"', 'sh', ...node]);
  rmSync(directory, { recursive: true });
  expect(String(stdout)).toMatch(
    /^TOO_MANY_FILES No file can be opened \(EMFILE: .*\): raise the limit of open files, /,
  );
  expect(status).toBe(0);
});
