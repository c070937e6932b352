import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Mailer } from './mailer.ts';

const greeting = '220 here';
const taken = '250 taken';

/** A server that answers each line that it gets by the next of these answers, and then says nothing more. */
class ScriptedServer {
  readonly lines: string[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(...answers: readonly string[]) {
    const left = [...answers];
    this.server = createServer((socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      const answer = () => socket.write((left.shift() ?? '').replace(/.$/, '$&\r\n'));
      socket.on('data', (bytes) => {
        for (const line of bytes.toString().split('\r\n').slice(0, -1)) {
          this.lines.push(line);
          if (/^(EHLO|MAIL|RCPT|DATA|RSET|QUIT|\.)/.test(line)) answer();
        }
      });
      answer();
    });
  }

  async port(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.hangUp();
    this.server.close();
  }
}

describe('the mailer', () => {
  let server: ScriptedServer;
  let mailer: Mailer;
  afterEach(() => {
    mailer.onApplicationShutdown();
    server.close();
  });

  const mailerOf = async (...answers: readonly string[]) => {
    server = new ScriptedServer(...answers);
    const smtpUrl = `smtp://127.0.0.1:${await server.port()}?greetingTimeout=100&socketTimeout=200`;
    mailer = new Mailer({ smtpUrl, from: 'Atelier <orders@atelier.example>' });
  };

  const send = (to = 'zoe@example.com') =>
    mailer.send(
      { to, subject: 'Order', text: 'Thank you', html: '<p>Thank you</p>' },
      { messageId: '<a@b>', signal: new AbortController().signal },
    );

  it('fails for now when the server does not greet', async () => {
    await mailerOf();
    await expect(send()).rejects.toMatchObject({ code: 'SMTP_TIMEOUT', retryable: true });
  });

  it('fails for now when the server stops to answer', async () => {
    await mailerOf(greeting, '250 hello');
    await expect(send()).rejects.toMatchObject({ code: 'SMTP_TIMEOUT', retryable: true });
    expect(server.lines.at(-1)).toMatch(/^MAIL FROM/);
  });

  it('fails for now when the server stops to answer on a connection that was used before', async () => {
    await mailerOf(greeting, '250 hello', '250 ok', '250 ok', '354 go on', taken);
    await send();
    await expect(send()).rejects.toMatchObject({ code: 'SMTP_TIMEOUT', retryable: true });
  });

  it('sends over another connection when the server has left the one that it used before', async () => {
    const session = [greeting, '250 hello', '250 ok', '250 ok', '354 go on', taken];
    await mailerOf(...session, ...session);
    await send();
    server.hangUp();
    await send();
    expect(server.connections).toBe(2);
  });

  it.each([
    ['sender', ['451 try later'], 'SMTP_DEFERRED', true],
    ['sender', ['550 refused'], 'SMTP_REFUSED', false],
    ['recipient', ['250 ok', '451 try later'], 'SMTP_DEFERRED', true],
    ['recipient', ['250 ok', '550 refused'], 'SMTP_REFUSED', false],
    ['message', ['250 ok', '250 ok', '354 go on', '452 full'], 'SMTP_DEFERRED', true],
    ['message', ['250 ok', '250 ok', '354 go on', '554 spam'], 'SMTP_REFUSED', false],
  ])('says whether a refused %s may pass later: %j', async (_, answers, code, retryable) => {
    await mailerOf(greeting, '250 hello', ...answers);
    await expect(send()).rejects.toMatchObject({ code, retryable });
  });

  it('fails for good, and names no sender, when the server has no SMTPUTF8 for an address that needs it', async () => {
    await mailerOf(greeting, '250 hello');
    await expect(send('jörg@bücher.example')).rejects.toMatchObject({
      code: 'SMTPUTF8_MISSING',
      retryable: false,
      message: expect.stringContaining('jörg@bücher.example'),
    });
    expect(server.lines.map((line) => line.slice(0, 4))).toEqual(['EHLO']);
  });

  it('sees an outage when nobody can be asked about SMTPUTF8', async () => {
    await mailerOf();
    server.close();
    await expect(send('jörg@bücher.example')).rejects.toMatchObject({ code: 'SMTP_UNAVAILABLE' });
  });

  it('sends to a domain that is not ASCII where the server has no SMTPUTF8', async () => {
    await mailerOf(greeting, '250 hello', '250 ok', '250 ok', '354 go on', taken);
    await send('user@bücher.example');
    expect(server.lines).toContain('RCPT TO:<user@xn--bcher-kva.example>');
  });

  it('sees an outage when it is refused before it has named a sender', async () => {
    await mailerOf('421 closing down');
    await expect(send()).rejects.toMatchObject({ code: 'SMTP_UNAVAILABLE', dependency: 'SMTP' });
  });

  it('sees an outage when nobody listens', async () => {
    await mailerOf();
    server.close();
    await expect(send()).rejects.toMatchObject({ code: 'SMTP_UNAVAILABLE', dependency: 'SMTP' });
  });
});
