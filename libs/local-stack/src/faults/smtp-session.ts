import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { linesOf } from './lines.ts';
import type { SmtpFault } from './smtp-fault.ts';

/** A fault, and the end of the time in which it holds. */
export interface InForce {
  readonly fault: SmtpFault;
  readonly over: AbortSignal;
}

/**
 * Carries one session of SMTP (RFC 5321, without TLS) between a client and the server, under the fault that is in force at
 * each step. One command is answered after the other, so answers keep their order where the client sends several at once
 * (RFC 2920). Settles when one of the two is gone; then neither socket is left.
 */
export async function carrySession(client: Socket, server: Socket, inForce: () => InForce): Promise<void> {
  const session = new Session(client, server, inForce);
  try {
    await session.run();
  } catch {
    // One of the two broke off: the other one learns it by the end of its connection.
  } finally {
    client.destroySoon();
    server.destroy();
  }
}

class Session {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #inForce: () => InForce;
  readonly #fromClient: AsyncIterator<string, undefined>;
  readonly #fromServer: AsyncIterator<string, undefined>;
  readonly #serverGone: Promise<undefined>;

  constructor(client: Socket, server: Socket, inForce: () => InForce) {
    this.#client = client;
    this.#server = server;
    this.#inForce = inForce;
    this.#fromClient = linesOf(client);
    this.#fromServer = linesOf(server);
    this.#serverGone = new Promise((resolve) => server.once('close', () => resolve(undefined)));
    client.once('close', () => server.destroy());
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }

  async run(): Promise<void> {
    await this.#answer();
    for (let command; (command = await this.#nextFromClient()) !== undefined;) await this.#carry(command);
  }

  async #carry(command: string): Promise<void> {
    const { fault } = this.#inForce();
    if (fault.mode === 'refuse' && /^(MAIL|RCPT)\b/i.test(command)) {
      this.#client.write(`${fault.code} ${fault.code < 500 ? 'try later' : 'refused'}\r\n`);
      return;
    }
    this.#server.write(command, 'latin1');
    const answer = await this.#answer();
    if (/^DATA\b/i.test(command) && answer.startsWith('354')) await this.#carryMessage();
  }

  /** The text of a message, up to the line that is only a dot. */
  async #carryMessage(): Promise<void> {
    for (let line; (line = await this.#nextFromClient()) !== undefined;) {
      this.#server.write(line, 'latin1');
      if (/^\.\r?\n$/.test(line)) break;
    }
    await this.#answer();
  }

  /** Takes one answer of the server, all its lines, to the client. */
  async #answer(): Promise<string> {
    let answer = '';
    for (let more = true; more;) {
      const { value: line } = await this.#fromServer.next();
      if (line === undefined) throw new Error('The server is gone');
      answer += line;
      more = /^\d{3}-/.test(line);
    }
    const { fault, over } = this.#inForce();
    if (fault.mode === 'slow') await sleep(fault.delayMs, undefined, { signal: over }).catch(() => undefined);
    this.#client.write(answer, 'latin1');
    return answer;
  }

  async #nextFromClient(): Promise<string | undefined> {
    const next = this.#fromClient.next().then(({ value }) => value);
    return Promise.race([next, this.#serverGone]);
  }
}
