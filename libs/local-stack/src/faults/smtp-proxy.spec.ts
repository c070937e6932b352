import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../wait-until.ts';
import { FakeSmtpServer } from './fake-smtp-server.ts';
import { SmtpProxy } from './smtp-proxy.ts';

/** A client that keeps what it was told. */
class Client {
  readonly socket: Socket;
  received = '';
  error: string | undefined;
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port });
    this.socket.on('data', (bytes: Buffer) => (this.received += bytes.toString('latin1')));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  /** Sends lines at once, and waits until as many answers have come. */
  async say(...lines: string[]): Promise<string[]> {
    this.received = '';
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
    await this.hears(lines.length);
    return this.answers;
  }

  async hears(count: number): Promise<void> {
    const heard = await waitUntil(async () => this.answers.length === count);
    if (!heard) throw new Error(`heard ${JSON.stringify(this.received)}`);
  }

  get answers(): string[] {
    return this.received.split(/(?<=^\d{3} .*\r\n)/m).filter(Boolean);
  }
}

const envelope = ['MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA'];

describe('an SMTP proxy', () => {
  let server: FakeSmtpServer;
  let proxy: SmtpProxy;
  const clients: Client[] = [];

  beforeEach(async () => {
    server = await FakeSmtpServer.start();
    proxy = await SmtpProxy.start();
    proxy.leadTo(server.address);
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy.close();
    await server.close();
  });

  const open = () => {
    const client = new Client(proxy.address.port);
    clients.push(client);
    return client;
  };

  const greeted = async () => {
    const client = open();
    await client.hears(1);
    expect(client.answers).toEqual(['220 fake\r\n']);
    expect(await client.say('EHLO me')).toEqual(['250-fake\r\n250 PIPELINING\r\n']);
    return client;
  };

  it('carries whole sessions byte for byte, also when commands come in one piece', async () => {
    const client = await greeted();
    expect(await client.say(...envelope)).toEqual(['250 ok\r\n', '250 ok\r\n', '354 go on\r\n']);
    expect(await client.say('Subject: zo\xeb\r\n\r\n..\r\nMAIL is not a command here\r\n.')).toEqual([
      '250 taken\r\n',
    ]);
    expect(server.messages).toEqual(['Subject: zo\xeb\r\n\r\n..\r\nMAIL is not a command here\r\n']);
    expect(await client.say('QUIT')).toEqual(['221 bye\r\n']);
    await client.closed;
  });

  it.each([
    [451, '451 try later\r\n'],
    [550, '550 refused\r\n'],
  ])('answers %i to sender and recipient, and nothing else', async (code, refusal) => {
    const client = await greeted();
    await proxy.inject({ mode: 'refuse', code });
    const pipelined = await client.say('MAIL FROM:<a@b>', 'rcpt to:<c@d>', 'NOOP');
    expect(pipelined).toEqual([refusal, refusal, '250 ok\r\n']);
    expect(server.commands).toEqual(['EHLO me', 'NOOP']);
    await proxy.inject({ mode: 'up' });
    expect(await client.say('MAIL FROM:<a@b>')).toEqual(['250 ok\r\n']);
  });

  it('lets a message pass whose sender and recipient were taken before', async () => {
    const client = await greeted();
    await client.say(...envelope);
    await proxy.inject({ mode: 'refuse', code: 451 });
    await client.say('MAIL in the text\r\n.');
    expect(server.messages).toEqual(['MAIL in the text\r\n']);
  });

  it('resets who is there and refuses who comes, until it is up again at the same address', async () => {
    const client = await greeted();
    await proxy.inject({ mode: 'down' });
    await client.closed;
    expect(client.error).toBe('ECONNRESET');
    const refused = open();
    await refused.closed;
    expect(refused.error).toBe('ECONNREFUSED');
    await proxy.inject({ mode: 'up' });
    await greeted();
  });

  it('holds back the answers of the server, and lets them go when it is over', async () => {
    const client = await greeted();
    await proxy.inject({ mode: 'slow', delayMs: 600_000 });
    client.received = '';
    client.socket.write('NOOP\r\n');
    await waitUntil(async () => server.commands.includes('NOOP'));
    expect(client.received).toBe('');
    await proxy.inject({ mode: 'up' });
    await client.hears(1);
  });

  it('is only late where the delay is short', async () => {
    await proxy.inject({ mode: 'slow', delayMs: 1 });
    const client = await greeted();
    expect(await client.say(...envelope)).toHaveLength(3);
  });

  it('ends a session when the server does', async () => {
    const client = await greeted();
    await server.close();
    await client.closed;
  });

  it('makes up no answer of a server that leaves without one', async () => {
    const client = await greeted();
    client.received = '';
    client.socket.write('GONE\r\n');
    await client.closed;
    expect(client.received).toBe('');
  });

  it('ends a session when no server is there', async () => {
    await server.close();
    await open().closed;
  });

  it('leaves no session of the server behind when the client is gone', async () => {
    const client = await greeted();
    client.socket.resetAndDestroy();
    expect(await waitUntil(async () => server.sessions === 0)).toBe(true);
  });
});
