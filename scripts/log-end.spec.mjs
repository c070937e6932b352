import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logEnd } from './log-end.mjs';
import { refuseUnusablePath } from './paths.mjs';
import { shellWord } from './shell-word.mjs';

describe('what the scripts say of a log', () => {
  let directory;
  let file;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "atelier's log "));
    file = join(directory, 'npm-ci.log');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('has its path as a shell takes it, and its last lines', () => {
    writeFileSync(file, `${Array.from({ length: 20 }, (_, n) => `line ${n + 1}`).join('\n')}\n`);
    const [first, ...lines] = logEnd(file).split('\n');
    expect(first).toBe(`Its log is ${shellWord(file)}, which ends:`);
    expect(first).toContain(`'${tmpdir()}/atelier'\\''s log `);
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([15, 'line 6', 'line 20']);
  });

  it('says so when there is nothing ("which ends:" had nothing behind it)', () => {
    writeFileSync(file, '\n');
    for (const log of [file, join(directory, 'none.log')])
      expect(logEnd(log)).toBe(`Its log, ${shellWord(log)}, says nothing about it.`);
  });
});

it('a path that is refused is told as a shell takes it', () =>
  expect(() => refuseUnusablePath("/home/ada's/12:30/")).toThrow(`below '/home/ada'\\''s/12:30/', which`));
