import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOrder } from './child.ts';
import { Family } from './family.ts';
import { Program } from './program.ts';

describe('a program that takes long to be ready', () => {
  let directory: string;
  let family: Family;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'atelier-program-'));
    family = new Family();
  });
  afterEach(async () => {
    await family.stopAll();
    rmSync(directory, { recursive: true });
  });

  const logFile = () => join(directory, 'log');
  const idle = (isReady: () => Promise<boolean>) =>
    new Program(family, {
      name: 'orders-1',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      logFile: logFile(),
      stopOrder: stopOrder.service,
      isReady,
    });

  it('is waited for as long as its log grows', async () => {
    let asked = 0;
    const program = idle(async () => {
      appendFileSync(logFile(), 'restoring\n');
      return ++asked > 10;
    });
    await program.start(100);
    expect(program.pid).toBeDefined();
  });

  it('is stopped when it says nothing any more', async () => {
    const program = idle(async () => false);
    await expect(program.start(100)).rejects.toThrow(
      `orders-1 is not ready. Nothing has changed for 0.1 s. Its log, ${logFile()}, says nothing about it.`,
    );
    expect(program.pid).toBeUndefined();
  });
});
