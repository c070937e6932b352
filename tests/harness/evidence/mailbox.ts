import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mail } from './evidence.ts';

const MESSAGE_ID = /^Message-ID: (\S+)/im;
const ORDER = /^Order [\da-f-]{36}/m;
/** A line that was broken for the way (RFC 2045, section 6.7). */
const SOFT_BREAK = /=\r?\n/g;
const STARTED = /SMTP Server running/g;

/** The mail server's own files, one for each e-mail, those included that were set aside at its starts; read once each. */
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

  /** All e-mails so far; one that is still being written, or moved, is left for the next call. */
  read(): readonly Mail[] {
    for (const directory of [`${this.directory}-older`, this.directory].filter((each) => existsSync(each)))
      for (const file of readdirSync(directory))
        if (!this.mails.has(file) && file.endsWith('.eml')) this.learn(file, join(directory, file));
    return [...this.mails.values()];
  }

  private learn(file: string, path: string): void {
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'latin1').replace(SOFT_BREAK, '');
    const messageId = MESSAGE_ID.exec(text)?.[1];
    const order = ORDER.exec(text)?.[0];
    if (messageId && order) this.mails.set(file, { messageId, text: order });
  }
}
