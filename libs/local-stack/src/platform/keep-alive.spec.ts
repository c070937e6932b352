import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOrder } from '../child.ts';
import { Family } from '../family.ts';
import { freePort } from '../ports.ts';
import { Program } from '../program.ts';
import { answersHttp, waitUntil } from '../wait-until.ts';
import { keepAlive } from './keep-alive.ts';

const quick = { firstMs: 20, longestMs: 80, healthyAfterMs: 60_000 };
let directory: string;
let family: Family;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atelier-keep-alive-'));
  family = new Family();
});
afterEach(async () => {
  await family.stopAll();
  rmSync(directory, { recursive: true });
});

function program(script: string, isReady: () => Promise<boolean>): Program {
  const logFile = join(directory, 'log');
  const args = ['-e', script];
  return new Program(family, {
    name: 'orders-1',
    command: process.execPath,
    args,
    logFile,
    stopOrder: stopOrder.service,
    isReady,
  });
}

describe('keeping a program alive', () => {
  it('starts it again on the same port when it is killed, and says so', async () => {
    const port = await freePort();
    const answers = () => answersHttp(`http://127.0.0.1:${port}`);
    const server = program(
      `require('node:http').createServer((q, r) => r.end()).listen(${port}, '127.0.0.1')`,
      answers,
    );
    await server.start();
    const firstPid = server.pid;
    const lines: string[] = [];
    const watch = keepAlive(server, (line) => lines.push(line), family.closing, quick);

    await server.kill('SIGKILL');
    await waitUntil(async () => lines.length === 2);
    expect(lines[0]).toBe('orders-1 died (SIGKILL), restarting in 0.02 s');
    expect(lines[1]).toMatch(/^orders-1 is back after \d+\.\d s$/);
    expect(server.pid).not.toBe(firstPid);
    expect(await answers()).toBe(true);

    await family.stopAll();
    await watch;
    expect(lines).toHaveLength(2);
  });

  it('waits longer each time for one that dies at once, up to a limit', async () => {
    const short = program('setTimeout(() => process.exit(7), 50)', async () => true);
    await short.start();
    const lines: string[] = [];
    const watch = keepAlive(short, (line) => lines.push(line), family.closing, quick);
    const deaths = () => lines.filter((line) => line.includes('died'));
    await waitUntil(async () => deaths().length >= 4);
    await family.stopAll();
    await watch;
    expect(deaths().slice(0, 4)).toEqual(
      [0.02, 0.04, 0.08, 0.08].map((pause) => `orders-1 died (exit code 7), restarting in ${pause} s`),
    );
  });
});
