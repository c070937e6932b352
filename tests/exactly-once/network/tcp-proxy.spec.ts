import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../libs/eventing/fixtures/scratch-broker.ts';
import { EchoServer } from './echo-server.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A connection that keeps what it receives. */
class Client {
  readonly socket: Socket;
  error: string | undefined;
  readonly closed: Promise<void>;
  private readonly chunks: Buffer[] = [];

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    this.socket.on('data', (bytes: Buffer) => this.chunks.push(bytes));
    this.socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code));
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Sends a word and waits for its echo. */
  async exchange(word: string): Promise<void> {
    const before = this.received.length;
    this.socket.write(word);
    await until(() => this.received.subarray(before).toString() === word);
  }
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a TCP proxy', () => {
  let echo: EchoServer;
  let side: EchoServer;
  let proxy: TcpProxy;
  const clients: Client[] = [];

  const open = (port = proxy.port) => {
    const client = new Client(port);
    clients.push(client);
    return client;
  };

  /** So many exchanges beside the proxy that what could move has moved. */
  const passTheTime = async () => {
    const direct = open(side.address.port);
    for (let round = 0; round < 20; round++) await direct.exchange('direct');
  };

  beforeEach(async () => {
    [echo, side] = [await EchoServer.start(), await EchoServer.start()];
    proxy = await TcpProxy.start({ target: echo.address });
  });

  afterEach(async () => {
    await proxy.close();
    await Promise.all([echo.close(), side.close()]);
    for (const { socket } of clients.splice(0)) socket.destroy();
  });

  it('carries bytes both ways, on many connections', async () => {
    const many = Array.from({ length: 20 }, () => open());
    await Promise.all(many.map((client, index) => client.exchange(`hello ${index}`)));
    expect(proxy.connections).toBe(20);
  });

  it('carries a large payload unchanged, and what was sent before a half-close', async () => {
    const client = open();
    const payload = randomBytes(16 * 1024 * 1024);
    client.socket.end(payload);
    await client.closed;
    expect(sha(client.received)).toBe(sha(payload));
    expect(client.error).toBeUndefined();
  });

  it('lets a reader that does not read hold the sender back', async () => {
    const [client, payload] = [open(), Buffer.alloc(64 * 1024 * 1024)];
    client.socket.pause();
    client.socket.end(payload);
    for (let before = -1; before < echo.received;) {
      before = echo.received;
      await passTheTime();
    }
    expect(echo.received).toBeLessThan(payload.length);
    client.socket.resume();
    await client.closed;
    expect(client.received.length).toBe(payload.length);
  });

  it('resets all connections when it is cut, and takes new ones', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.exchange('a'), two.exchange('b')]);
    proxy.cut();
    await Promise.all([one.closed, two.closed]);
    expect([one.error, two.error]).toEqual(['ECONNRESET', 'ECONNRESET']);
    await until(() => echo.sockets.size === 0 && proxy.connections === 0);
    await open().exchange('c');
  });

  it('refuses new connections after a cut until it is mended', async () => {
    proxy.cut({ refuse: true });
    const refused = open();
    await refused.closed;
    expect(refused.error).toBe('ECONNRESET');
    expect(echo.sockets.size).toBe(0);
    proxy.mend();
    await open().exchange('a');
  });

  it('moves no byte while it is stalled, on old and new connections, and all of them later', async () => {
    const old = open();
    await old.exchange('before');
    proxy.stall();
    const before = echo.received;
    const fresh = open();
    old.socket.write('old');
    fresh.socket.end('fresh');
    await passTheTime();
    expect(echo.received).toBe(before);
    expect([old.socket.destroyed, fresh.socket.destroyed]).toEqual([false, false]);
    proxy.mend();
    await until(() => old.received.toString() === 'beforeold');
    await fresh.closed;
    expect(fresh.received.toString()).toBe('fresh');
  });

  it('stops bytes on their way back when it is stalled in the middle of a transfer', async () => {
    const [client, payload] = [open(), randomBytes(32 * 1024 * 1024)];
    client.socket.end(payload);
    await until(() => client.received.length > 0);
    proxy.stall();
    await passTheTime();
    expect(client.received.length).toBeLessThan(payload.length);
    expect(client.socket.destroyed).toBe(false);
    proxy.mend();
    await client.closed;
    expect(sha(client.received)).toBe(sha(payload));
  });

  it('delays bytes when it is slow, until it is mended', async () => {
    const client = open();
    proxy.slow({ delayMs: 3_600_000 });
    client.socket.end('late');
    await passTheTime();
    expect(echo.received).toBe(0);
    proxy.mend();
    await client.closed;
    expect(client.received.toString()).toBe('late');
  });

  it('lets bytes through bit by bit at a rate, and keeps their order through every change', async () => {
    const [client, payload] = [open(), randomBytes(200_000)];
    proxy.slow({ delayMs: 1, bytesPerSecond: 100 });
    client.socket.end(payload);
    await until(() => client.received.length > 0);
    expect(echo.received).toBeLessThan(10_000);
    proxy.stall();
    proxy.slow({ delayMs: 2 });
    await until(() => echo.received === payload.length);
    proxy.mend();
    await client.closed;
    expect(sha(client.received)).toBe(sha(payload));
  });

  it('delivers what is still delayed when the target has already closed', async () => {
    const client = open();
    proxy.slow({ delayMs: 50 });
    client.socket.end('late');
    await client.closed;
    expect(client.received.toString()).toBe('late');
  });

  it('tells a client that its target is not there', async () => {
    await echo.close();
    const client = open();
    await client.closed;
    expect(client.error).toBe('ECONNRESET');
    echo = await EchoServer.start();
  });

  it('resets the target when a client resets, and leaves no socket after it is closed', async () => {
    const [gone, stays] = [open(), open()];
    await Promise.all([gone.exchange('a'), stays.exchange('b')]);
    gone.socket.resetAndDestroy();
    await until(() => echo.sockets.size === 1 && proxy.connections === 1);
    proxy.stall();
    await proxy.close();
    await until(() => echo.sockets.size === 0 && stays.socket.destroyed);
    expect(proxy.connections).toBe(0);
  });

  it('closes a connection whose end is just on its way to the target', async () => {
    const settled = Promise.withResolvers<void>();
    let asked = false;
    const ending = await TcpProxy.start({
      target: echo.address,
      intercept: () => ({
        request: (bytes, forward) => forward(bytes),
        answer: () => undefined,
        settled: () => ((asked = true), settled.promise),
        closed: () => undefined,
      }),
    });
    open(ending.port).socket.end('a');
    await until(() => asked && echo.received > 0);
    settled.resolve();
    await settled.promise;
    await ending.close();
    await until(() => echo.sockets.size === 0);
  });
});
