import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../process-identity.ts';
import { runningPlatform, takeLock } from './lock.ts';

const gateway = 'http://127.0.0.1:8080';
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'atelier-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** A lock whose holder was killed: its pid is free again, or, like here, belongs to another process. */
function leaveLock(number: number, holder: object | string): void {
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder);
  writeFileSync(join(dataDir, `platform.lock.${number}`), text);
}

/** Takes the lock of each directory that it is told of, in the moment that it is told, and keeps it. */
const starter = `
  import { takeLock } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
  process.on('message', ({ directory, at }) => {
    while (Date.now() < at);
    try {
      takeLock(directory, 'http://127.0.0.1:8080');
      process.send('won');
    } catch (error) {
      process.send(error.code);
    }
  });
  process.send('there');`;

const answerOf = async (child: ChildProcess) => (await once(child, 'message'))[0] as unknown;

describe('the lock of a data directory', () => {
  it('lets one platform in, and names it to the next', () => {
    const lock = takeLock(dataDir, gateway);
    expect(() => takeLock(dataDir, gateway)).toThrow(`at ${gateway} (pid ${process.pid})`);
    lock.release();
    expect(runningPlatform(dataDir)).toBeUndefined();
    takeLock(dataDir, gateway).release();
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('says in one sentence that the data directory is a file', () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(() => takeLock(file, gateway)).toThrow(
      `DATA_DIR, ${file}, cannot be written to (ENOTDIR): choose another one.`,
    );
  });

  it('is not held by the dead, even when their pid is in use again', () => {
    leaveLock(4, { pid: process.pid, identity: 'started at another time', gateway });
    expect(runningPlatform(dataDir)).toBeUndefined();
    takeLock(dataDir, gateway);
    expect(readdirSync(dataDir)).toEqual(['platform.lock.5']);
  });

  it('is not held by a starter that died before it wrote its name', () => {
    leaveLock(1, '');
    takeLock(dataDir, gateway);
    expect(readdirSync(dataDir)).toEqual(['platform.lock.2']);
  });

  it('knows a living holder in another process', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const ended = new Promise((resolve) => other.once('exit', resolve));
    const pid = other.pid ?? 0;
    leaveLock(2, { pid, identity: processIdentity(pid), gateway });
    expect(runningPlatform(dataDir)).toMatchObject({ pid });
    other.kill('SIGKILL');
    await ended;
    expect(runningPlatform(dataDir)).toBeUndefined();
  });

  it('is won by one of several starters that follow a dead holder at the same time', async () => {
    const starters = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', starter], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    try {
      await Promise.all(starters.map(answerOf));
      for (let round = 0; round < 50; round++) {
        const directory = join(dataDir, String(round));
        mkdirSync(directory);
        const dead = { pid: process.pid, identity: 'started at another time', gateway };
        writeFileSync(join(directory, 'platform.lock.4'), JSON.stringify(dead));
        const answers = Promise.all(starters.map(answerOf));
        for (const child of starters) child.send({ directory, at: Date.now() + 20 });
        expect((await answers).sort()).toEqual([...Array(3).fill('ALREADY_RUNNING'), 'won']);
      }
    } finally {
      for (const child of starters) child.kill('SIGKILL');
    }
  });
});
