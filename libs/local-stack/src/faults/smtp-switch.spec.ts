import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MailFaults } from './mail-faults.ts';
import type { Stack } from '../start-stack.ts';
import { FakeSmtpServer } from './fake-smtp-server.ts';
import { switchSmtp } from './smtp-switch.ts';

describe('the switch of a platform with faults', () => {
  let dataDir: string;
  let server: FakeSmtpServer;
  let faults: MailFaults;
  let smtp: { host: string; port: number };
  const said: string[] = [];

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'atelier-switch-'));
    server = await FakeSmtpServer.start();
    faults = await MailFaults.start(dataDir, (line) => said.push(line));
    ({ smtp } = faults.inFrontOf({ smtp: server.address } as Stack));
    said.length = 0;
  });

  afterEach(async () => {
    await faults.close();
    await server.close();
    rmSync(dataDir, { recursive: true });
  });

  /** What a client sees who connects now: the greeting, or why there is none. */
  const seen = () =>
    new Promise((resolve) => {
      const socket = connect(smtp);
      socket.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });

  it('is answered when the fault is in force, each time', async () => {
    expect(await seen()).toBe('220 fake');
    for (let round = 0; round < 2; round++) {
      await switchSmtp(faults.directory, 'down');
      expect(await seen()).toBe('ECONNREFUSED');
      await switchSmtp(faults.directory, 'up');
      expect(await seen()).toBe('220 fake');
    }
    expect(said.slice(0, 2)).toEqual(['SMTP down: in force', 'SMTP up: in force']);
  });

  it('refuses what is no fault, and leaves things as they are', async () => {
    await expect(switchSmtp(faults.directory, 'off')).rejects.toThrow('"smtp off" is no fault');
    expect(await seen()).toBe('220 fake');
  });

  it('is for its owner only', () => {
    expect(statSync(faults.directory).mode & 0o777).toBe(0o700);
  });

  it('says so when nobody answers, and a later platform does not act on it', async () => {
    await faults.close();
    await expect(switchSmtp(faults.directory, 'down', 10)).rejects.toThrow('did not answer within 0.01 s');
    faults = await MailFaults.start(dataDir, (line) => said.push(line));
    ({ smtp } = faults.inFrontOf({ smtp: server.address } as Stack));
    await switchSmtp(faults.directory, 'slow 1ms');
    expect(said.filter((line) => line.startsWith('SMTP'))).toEqual(['SMTP slow 1ms: in force']);
  });
});
