import { join } from 'node:path';
import type { Stack } from '../start-stack.ts';
import { SmtpProxy } from './smtp-proxy.ts';
import { followSwitch, prepareSwitch } from './smtp-switch.ts';

/** What `FAULTS=on` adds to a platform: a proxy before MailDev, and the switch of `npm run fault`. */
export class MailFaults {
  /** Where the switch is. */
  readonly directory: string;
  readonly #proxy: SmtpProxy;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;

  private constructor(directory: string, proxy: SmtpProxy, say: (line: string) => void) {
    this.directory = directory;
    this.#proxy = proxy;
    this.#following = followSwitch(directory, proxy, say, this.#closing.signal);
  }

  /** Before the parts are up: so it can be closed, whatever fails after that. */
  static async start(dataDir: string, say: (line: string) => void): Promise<MailFaults> {
    const directory = join(dataDir, 'faults');
    prepareSwitch(directory);
    const proxy = await SmtpProxy.start();
    say('the mail server can be broken: npm run fault');
    return new MailFaults(directory, proxy, say);
  }

  /** The stack as services see it: the way to MailDev leads through the proxy. */
  inFrontOf(stack: Stack): Stack {
    this.#proxy.leadTo(stack.smtp);
    return { ...stack, smtp: this.#proxy.address };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#following;
    await this.#proxy.close();
  }
}
