import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../ports.ts';
import type { SmtpFault } from './smtp-fault.ts';
import { carrySession } from './smtp-session.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Stands before a mail server on loopback, and makes it look as ill as it is told to: for open connections and for new ones. */
export class SmtpProxy {
  readonly address: Address;
  readonly #clients = new Set<Socket>();
  #target: Address | undefined;
  #server: Server | undefined;
  #fault: SmtpFault = { mode: 'up' };
  #over = new AbortController();

  private constructor(address: Address) {
    this.address = address;
  }

  /** Until it leads somewhere, it resets who comes. */
  static async start(): Promise<SmtpProxy> {
    const proxy = new SmtpProxy({ host: '127.0.0.1', port: await freePort() });
    await proxy.#listen();
    return proxy;
  }

  leadTo(target: Address): void {
    this.#target = target;
  }

  /** Resolves when the fault is in force. Answers that an earlier one held back leave now. */
  async inject(fault: SmtpFault): Promise<void> {
    this.#fault = fault;
    this.#over.abort();
    this.#over = new AbortController();
    if (fault.mode === 'down') await this.#hangUp();
    else await this.#listen();
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#hangUp();
  }

  async #listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ noDelay: true }, (client) => this.#accept(client));
    server.listen({ ...this.address, exclusive: true });
    await once(server, 'listening');
    this.#server = server;
  }

  async #hangUp(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const client of this.#clients) client.resetAndDestroy();
    await closed;
  }

  #accept(client: Socket): void {
    if (!this.#target) return void client.resetAndDestroy();
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    const inForce = () => ({ fault: this.#fault, over: this.#over.signal });
    // Messages pass line by line: a line would wait until the one before it was acknowledged (89 ms for an e-mail, not 3).
    void carrySession(client, connect({ ...this.#target, noDelay: true }), inForce);
  }
}
