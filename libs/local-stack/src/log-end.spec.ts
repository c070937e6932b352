import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logEnd } from './log-end.ts';

describe('what is said of a log when a program fails', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'atelier log '));
    file = join(directory, 'orders-1.log');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('quotes the path, so that it can be copied', () => {
    writeFileSync(file, 'no such topic\n');
    expect(logEnd(file)).toBe(`Its log is '${file}', which ends:\n    no such topic`);
  });

  it('says so when there is nothing ("which ends:" had nothing behind it)', () => {
    writeFileSync(file, '\n');
    for (const log of [file, join(directory, 'none.log')])
      expect(logEnd(log)).toBe(`Its log, '${log}', says nothing about it.`);
  });

  it('has nothing of an earlier run', () => {
    const earlier = 'an error of yesterday\n';
    writeFileSync(file, `${earlier}up\n`);
    expect(logEnd(file, earlier.length)).toMatch(/which ends:\n {4}up$/);
    expect(logEnd(file, earlier.length + 3)).toMatch(/says nothing/);
  });

  it('has the message and not the frames of a stack (they were all that was shown)', () => {
    const frames = Array.from({ length: 40 }, (_, n) => `    at step${n} (file:///a%20b/main.js:${n}:1)`);
    const java = Array.from({ length: 40 }, (_, n) => `\tat kafka.Kafka$.step${n}(Kafka.scala:${n})`);
    writeFileSync(
      file,
      [
        'Error: The server does not support SSL connections',
        ...frames.slice(1),
        '    at async run (file:///a%20b/main.js:1:1) {',
        "  code: 'X'",
        '}',
        'java.io.IOException: no space left',
        ...java,
        'Caused by: java.io.IOException: of device',
        '\t... 12 more',
        '',
      ].join('\n'),
    );
    expect(logEnd(file).split('\n').slice(1)).toEqual([
      '    Error: The server does not support SSL connections',
      "      code: 'X'",
      '    }',
      '    java.io.IOException: no space left',
      '    Caused by: java.io.IOException: of device',
    ]);
  });

  it('has the message first when many details follow it', () => {
    const details = Array.from({ length: 20 }, (_, n) => `  detail${n}: undefined,`);
    writeFileSync(file, ['error: password authentication failed', ...details, '}'].join('\n'));
    const [, first, second, ...rest] = logEnd(file).split('\n');
    expect([first, second]).toEqual(['    error: password authentication failed', '    …']);
    expect(rest).toHaveLength(12);
  });
});
