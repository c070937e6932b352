import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const module = new URL('failpoints.ts', import.meta.url).href;
const clock = new URL('../time/system-clock.ts', import.meta.url).href;

describe('a failpoint that is armed by a file', () => {
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-failpoints-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** A process that passes some failpoints and then says so. */
  const pass = (...names: string[]) =>
    spawnSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { armedByFile } = await import(${JSON.stringify(module)});
       const { systemClock } = await import(${JSON.stringify(clock)});
       const failpoint = armedByFile(${JSON.stringify(directory)}, 'orders-1', systemClock);
       for (const name of ${JSON.stringify(names)}) await failpoint(name);
       console.log('passed');`,
    ]);

  it('does nothing without a file', () => {
    expect(String(pass('after-send', 'after-commit').stdout)).toBe('passed\n');
  });

  it('ends the process at its moment only, and once', () => {
    const file = join(directory, 'orders-1');
    writeFileSync(file, 'after-commit SIGKILL 1\n');
    expect(pass('after-send').status).toBe(0);
    expect(pass('after-send', 'after-commit')).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(file)).toBe(false);
    expect(String(pass('after-commit').stdout)).toBe('passed\n');
  });

  it('is not armed for another instance', () => {
    writeFileSync(join(directory, 'orders-2'), 'after-send SIGKILL');
    expect(String(pass('after-send').stdout)).toBe('passed\n');
  });
});
