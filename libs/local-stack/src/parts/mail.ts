import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stopOrder } from '../child.ts';
import type { Family } from '../family.ts';
import { Program } from '../program.ts';
import { answersHttp } from '../wait-until.ts';

export interface MailOptions {
  dataDir: string;
  smtpPort: number;
  webPort: number;
}

/** MailDev: a mail server that keeps what it gets and shows it on a web page. */
export function mail(family: Family, { dataDir, smtpPort, webPort }: MailOptions): Program {
  const maildev = dirname(createRequire(import.meta.url).resolve('maildev/package.json'));
  const mailDirectory = join(dataDir, 'mail');
  const addresses = ['--ip', '127.0.0.1', '--smtp', String(smtpPort), '--web', String(webPort)];
  return new Program(family, {
    name: 'mail',
    command: process.execPath,
    args: [join(maildev, 'bin', 'maildev'), ...addresses, '--mail-directory', mailDirectory],
    logFile: join(dataDir, 'logs', 'mail.log'),
    stopOrder: stopOrder.mail,
    stopWithinMs: 3_000,
    isReady: () => answersHttp(`http://127.0.0.1:${webPort}/healthz`),
    async prepare() {
      mkdirSync(mailDirectory, { recursive: true });
      setAsideOlder(mailDirectory, olderMailDirectory(dataDir));
    },
  });
}

/** Where e-mails are kept that the web page no longer shows. */
export const olderMailDirectory = (dataDir: string) => join(dataDir, 'mail-older');

/** At its start MailDev opens all e-mails at once: with some thousands of them it runs out of files, and ends. */
const SHOWN = 500;

/** Leaves the youngest e-mails where they are, and moves the others. */
export function setAsideOlder(directory: string, older: string, shown = SHOWN): void {
  const mails = readdirSync(directory).filter((file) => file.endsWith('.eml'));
  if (mails.length <= shown) return;
  const writtenAt = new Map(mails.map((file) => [file, statSync(join(directory, file)).mtimeMs]));
  const byAge = mails.sort((a, b) => (writtenAt.get(b) ?? 0) - (writtenAt.get(a) ?? 0));
  mkdirSync(older, { recursive: true });
  for (const file of byAge.slice(shown)) renameSync(join(directory, file), join(older, file));
}
