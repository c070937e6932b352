import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

/** Says every 10 ms what time it is, and so does its child, which is in a process group of its own. */
const ticking = `
  const tick = (name) => setInterval(() => console.log(name, Date.now()), 10);
  if (process.argv[1] === 'child') tick('child');
  else {
    tick('parent');
    require('node:child_process').spawn(process.execPath, ['-e', process.env.SCRIPT, 'child'],
      { stdio: ['ignore', 'inherit', 'ignore'], detached: true }).unref();
  }`;
const MS = 1_500;

let parent: ChildProcess | undefined;
const pids = new Set<number>();

describe('whoever suspends', () => {
  afterEach(() => {
    parent?.kill('SIGKILL');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });

  it('stops a process and all that descends from it, and continues them at once', async () => {
    const script = `${ticking}; console.log('pid', process.pid);`;
    const env = { ...process.env, NODE_OPTIONS: '', SCRIPT: script };
    parent = spawn(process.execPath, ['-e', script, 'parent'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ticks: Record<string, number[]> = { parent: [], child: [] };
    parent.stdout?.on('data', (chunk: Buffer) => {
      for (const [name = '', value] of chunk
        .toString()
        .split('\n')
        .map((line) => line.split(' '))) {
        if (name === 'pid' && Number(value) !== parent?.pid) pids.add(Number(value));
        ticks[name]?.push(Number(value));
      }
    });
    await heard(() => Object.values(ticks).every((times) => times.length > 5));
    expect(await suspended(parent.pid ?? 0)).toBe('2');
    const counts = Object.values(ticks).map((times) => times.length);
    await heard(() => Object.values(ticks).every((times, index) => times.length > (counts[index] ?? 0) + 5));
    for (const times of Object.values(ticks)) expect(longestGap(times)).toBeGreaterThanOrEqual(MS);
  });
});

function suspended(pid: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [join(import.meta.dirname, 'suspend-process.ts'), String(pid), String(MS)];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const helper = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    helper.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    helper.once('error', reject);
    helper.once('close', () => resolve(said.trim()));
  });
}

async function heard(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const longestGap = (times: readonly number[]) =>
  Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
