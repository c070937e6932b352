import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from './exclusive-directory.ts';

/** Locks each directory that it is told of, in the moment that it is told, and keeps it. */
const starter = `
  import { lockDirectory } from ${JSON.stringify(new URL('exclusive-directory.ts', import.meta.url).href)};
  const kept = [];
  process.on('message', ({ directory, at }) => {
    while (Date.now() < at);
    try {
      kept.push(lockDirectory(directory));
      process.send('won');
    } catch (error) {
      process.send(error.message);
    }
  });
  process.send('there');`;

describe('the lock of a state directory', () => {
  let directory: string;
  const children: ChildProcess[] = [];
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-lock-'))));
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const answerOf = async (child: ChildProcess) => (await once(child, 'message'))[0] as unknown;
  async function process(): Promise<ChildProcess> {
    const args = ['--conditions=source', '--input-type=module', '-e', starter];
    const child = spawn(globalThis.process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    children.push(child);
    await answerOf(child);
    return child;
  }
  const lockIn = (child: ChildProcess, at = 0) => {
    const answer = answerOf(child);
    child.send({ directory, at });
    return answer;
  };

  it('is free again when it was given back', () => {
    lockDirectory(directory)();
    lockDirectory(directory)();
  });

  it('names the process that holds it, to itself, too', async () => {
    const other = await process();
    expect(await lockIn(other)).toBe('won');
    const sentence = `${JSON.stringify(directory)} is in use by process ${other.pid}: give each instance a directory of its own`;
    expect(() => lockDirectory(directory)).toThrow(sentence);
    expect(await lockIn(other)).toBe(sentence);
    expect(await lockIn(await process())).toBe(sentence);
  });

  it('is won by one of four that start at once, each time that its holder is killed (two won it)', async () => {
    const starters = await Promise.all(Array.from({ length: 4 }, process));
    for (let round = 0; round < 6; round++) {
      const at = Date.now() + 20;
      const answers = await Promise.all(starters.map((child) => lockIn(child, at)));
      expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
      const [winner] = starters.splice(answers.indexOf('won'), 1);
      const exit = once(winner as ChildProcess, 'exit');
      winner?.kill('SIGKILL');
      starters.push(await process());
      await exit;
    }
  });

  it('says nothing on the error stream (experimental parts of Node would warn)', async () => {
    const child = await process();
    let said = '';
    child.stderr?.on('data', (bytes) => (said += String(bytes)));
    expect(await lockIn(child)).toBe('won');
    const close = once(child, 'close');
    child.kill();
    await close;
    expect(said).toBe('');
  });

  it('tells another trouble as itself', () => {
    writeFileSync(join(directory, 'lock.sqlite'), 'this is no database, and never was one');
    expect(() => lockDirectory(directory)).toThrow('cannot be locked: give a directory of a local disk');
  });
});
