import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setAsideOlder } from './mail.ts';

describe('the mail server with many e-mails (it ran out of files at its start)', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-mail-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('shows the youngest, and keeps the others beside them', () => {
    const [shown, older] = [join(directory, 'mail'), join(directory, 'mail-older')];
    mkdirSync(shown);
    for (let age = 0; age < 5; age++) {
      writeFileSync(join(shown, `${age}.eml`), '');
      utimesSync(join(shown, `${age}.eml`), 1_000 - age, 1_000 - age);
    }
    setAsideOlder(shown, older, 2);
    expect([readdirSync(shown).sort(), readdirSync(older).sort()]).toEqual([
      ['0.eml', '1.eml'],
      ['2.eml', '3.eml', '4.eml'],
    ]);
    setAsideOlder(shown, older, 2);
    expect(readdirSync(shown)).toHaveLength(2);
  });
});
