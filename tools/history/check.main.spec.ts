import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

describe('npm run history:check', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'atelier-history-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** As npm runs it once dependencies are there. */
  function check(...args: readonly string[]) {
    const program = ['--conditions=source', 'tools/history/check.main.ts', ...args];
    const cwd = join(import.meta.dirname, '../..');
    const env = { ...process.env, NODE_OPTIONS: '', DATA_DIR: directory };
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd, env, encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  it('ends with 0 where all is as it was', () => {
    const { status, stdout } = check();
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/as it was\.\n$/) });
  });

  it('ends with 1 where something differs, and says what, where and what to do', () => {
    const text = readFileSync(join(import.meta.dirname, 'recorded.ndjson'), 'utf8');
    const file = join(directory, 'changed.ndjson');
    writeFileSync(file, text.replace('"cancelledBy":"customer"', '"cancelledBy":"platform"'));
    const { status, stdout } = check(file);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^orders\.decider decides CancelOrder of \S+ differently\n/);
    for (const fact of [
      file,
      'state before  {"status":"pending"',
      'differs at    /0/data/cancelledBy',
      'mend the decider',
    ])
      expect(stdout).toContain(fact);
  });

  it.each([
    ['a file that is not there', ['missing.ndjson'], 'missing.ndjson cannot be read'],
    ['no platform', ['--platform'], 'No platform is running'],
  ])('ends with 2 and one sentence where nothing can be checked: %s', (_, args, sentence) => {
    const { status, stdout, stderr } = check(...args);
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(sentence),
    });
  });
});
