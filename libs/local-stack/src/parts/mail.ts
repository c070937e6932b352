import { mkdirSync } from 'node:fs';
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
    },
  });
}
