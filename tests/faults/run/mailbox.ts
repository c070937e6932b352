import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mail } from '../checks/evidence.ts';

const MESSAGE_ID = /^Message-ID: (\S+)/im;
const ORDER = /^Order [\da-f-]{36}/m;
/** A line that was broken for the way (RFC 2045, section 6.7). */
const SOFT_BREAK = /=\r?\n/g;
const STARTED = /SMTP Server running/g;

/** The mail server's own files, one for each e-mail, read once each. */
export class Mailbox {
  private readonly directory: string;
  private readonly logFile: string;
  private readonly mails = new Map<string, Mail>();

  constructor(directory: string, logFile: string) {
    this.directory = directory;
    this.logFile = logFile;
  }

  /** How often the server was started after the first time. */
  get restarts(): number {
    return [...readFileSync(this.logFile, 'utf8').matchAll(STARTED)].length - 1;
  }

  /** All e-mails so far; one that is still being written is left for the next call. */
  read(): readonly Mail[] {
    for (const file of readdirSync(this.directory)) {
      if (this.mails.has(file) || !file.endsWith('.eml')) continue;
      const text = readFileSync(join(this.directory, file), 'latin1').replace(SOFT_BREAK, '');
      const messageId = MESSAGE_ID.exec(text)?.[1];
      const order = ORDER.exec(text)?.[0];
      if (messageId && order) this.mails.set(file, { messageId, text: order });
    }
    return [...this.mails.values()];
  }
}
