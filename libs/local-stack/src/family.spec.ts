import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOrder, type ChildSpec } from './child.ts';
import { Family } from './family.ts';
import { stopLeftovers } from './ledger.ts';
import { processIdentity } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

let directory: string;
let ledgerFile: string;
let family: Family;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atelier-family-'));
  ledgerFile = join(directory, 'children.json');
  family = new Family(ledgerFile);
});
afterEach(async () => {
  await family.stopAll();
  rmSync(directory, { recursive: true });
});

const logFile = () => join(directory, 'log');
const node = (name: string, script: string, more: Partial<ChildSpec> = {}): ChildSpec => ({
  name,
  command: process.execPath,
  args: ['-e', script],
  logFile: logFile(),
  stopOrder: stopOrder.service,
  ...more,
});
const idle = 'console.log("up"); setInterval(() => {}, 1000)';
const isUp = () =>
  waitUntil(async () => existsSync(logFile()) && readFileSync(logFile(), 'utf8').includes('up'));

describe('a family of processes', () => {
  it('stops them in order', async () => {
    const farewell = (name: string) =>
      `process.on("SIGTERM", () => { console.log("${name} stops"); process.exit() }); console.log("up"); setInterval(() => {}, 1000)`;
    await family.spawn(node('database', farewell('database'), { stopOrder: stopOrder.postgres }));
    await family.spawn(node('service', farewell('service'), { stopOrder: stopOrder.service }));
    await waitUntil(async () => readFileSync(logFile(), 'utf8').split('up').length > 2);
    await family.stopAll();
    expect(readFileSync(logFile(), 'utf8')).toMatch(/service stops\ndatabase stops\n$/);
    expect(existsSync(ledgerFile)).toBe(false);
  });

  it('kills one that does not heed the signal, and what that one had started', async () => {
    const stubborn = `
      const { spawn } = require('node:child_process');
      process.on('SIGTERM', () => {});
      console.log(String(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid), 'up');
      setInterval(() => {}, 1000)`;
    const child = await family.spawn(node('stubborn', stubborn, { stopWithinMs: 200 }));
    await isUp();
    const grandchild = Number.parseInt(readFileSync(logFile(), 'utf8'));
    expect(processIdentity(grandchild)).toBeDefined();
    await family.stopAll();
    expect(child.exit).toEqual({ code: null, signal: 'SIGKILL' });
    const isGone = async () => processIdentity(grandchild) === undefined;
    expect(await waitUntil(isGone)).toBe(true);
  });

  it('starts nothing any more once it is being stopped', async () => {
    await family.stopAll();
    await expect(family.spawn(node('late', idle))).rejects.toMatchObject({ code: 'STOPPING' });
  });

  it('says what a tool said last when it fails', async () => {
    const failing = family.run(node('the tool', 'console.error("no such topic"); process.exit(3)'));
    await expect(failing).rejects.toThrow(/the tool failed \(exit code 3\)[\s\S]*no such topic/);
  });

  it('says that a program is missing', async () => {
    const missing = family.run({
      name: 'the tool',
      command: 'there-is-no-such-program',
      args: [],
      logFile: logFile(),
    });
    await expect(missing).rejects.toMatchObject({ code: 'PROCESS_FAILED' });
  });

  it('leaves a ledger by which the next supervisor stops what is left', async () => {
    const child = await family.spawn(node('orphan', idle));
    await isUp();
    expect(await stopLeftovers(ledgerFile)).toEqual(['orphan']);
    await child.exited;
    expect(await stopLeftovers(ledgerFile)).toEqual([]);
  });

  it('never stops a process that only has the pid of a child of before', async () => {
    const child = await family.spawn(node('innocent', idle));
    await isUp();
    const [entry] = JSON.parse(readFileSync(ledgerFile, 'utf8')) as object[];
    writeFileSync(ledgerFile, JSON.stringify([{ ...entry, identity: 'started at another time' }]));
    expect(await stopLeftovers(ledgerFile)).toEqual([]);
    expect(child.exit).toBeUndefined();
  });
});
