import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Mailbox } from './mailbox.ts';

const order = 'aaaaaaaa-0000-4000-8000-000000000001';

describe('the files of the mail server', () => {
  let directory: string;
  beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'atelier-mailbox-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are read once they are whole, with their broken lines joined', () => {
    const mailbox = new Mailbox(directory, '');
    writeFileSync(join(directory, '1.eml'), 'Message-ID: <e1@atelier.example>\r\n\r\n');
    expect(mailbox.read()).toEqual([]);
    const text = `Order ${order.slice(0, 20)}=\r\n${order.slice(20)}\r\n`;
    writeFileSync(join(directory, '1.eml'), `Message-ID: <e1@atelier.example>\r\n\r\n${text}`);
    expect(mailbox.read()).toEqual([{ messageId: '<e1@atelier.example>', text: `Order ${order}` }]);
  });

  it('and its log say how often it was started again', () => {
    const logFile = join(directory, 'mail.log');
    const started = 'MailDev webapp running at x\nMailDev SMTP Server running at y\n';
    writeFileSync(logFile, started);
    expect(new Mailbox(directory, logFile).restarts).toBe(0);
    writeFileSync(logFile, started.repeat(3));
    expect(new Mailbox(directory, logFile).restarts).toBe(2);
  });
});
