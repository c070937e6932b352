import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { linesOf } from './lines.ts';

/**
 * As much of a mail server as specs need: it takes every message, and keeps the commands and the texts. GONE ends the
 * session without an answer.
 */
export class FakeSmtpServer {
  readonly commands: string[] = [];
  readonly messages: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => void this.#serve(socket).catch(() => undefined));

  static async start(): Promise<FakeSmtpServer> {
    const fake = new FakeSmtpServer();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  get sessions(): number {
    return this.#sockets.size;
  }

  /** Ends all sessions, as a server does that is killed. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.write('220 fake\r\n');
    const lines = linesOf(socket);
    for await (const line of lines) {
      this.commands.push(line.trimEnd());
      if (/^EHLO/.test(line)) socket.write('250-fake\r\n250 PIPELINING\r\n');
      else if (/^QUIT/.test(line)) socket.end('221 bye\r\n');
      else if (/^GONE/.test(line)) socket.end();
      else if (/^DATA/.test(line)) await this.#take(socket, lines);
      else socket.write('250 ok\r\n');
    }
  }

  async #take(socket: Socket, lines: AsyncIterator<string, undefined>): Promise<void> {
    socket.write('354 go on\r\n');
    let text = '';
    for (let line; (line = (await lines.next()).value) !== '.\r\n';) {
      if (line === undefined) return;
      text += line;
    }
    this.messages.push(text);
    socket.write('250 taken\r\n');
  }
}
