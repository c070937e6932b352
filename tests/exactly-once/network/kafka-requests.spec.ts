import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../../libs/eventing/fixtures/scratch-broker.ts';
import { EchoServer } from './echo-server.ts';
import { endTxn, KafkaRequests, nth } from './kafka-requests.ts';
import { TcpProxy } from './tcp-proxy.ts';

const PRODUCE = 0;
const END_TXN = 26;

function request(apiKey: number, correlationId: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32BE(12, 0);
  bytes.writeInt16BE(apiKey, 4);
  bytes.writeInt16BE(1, 6);
  bytes.writeInt32BE(correlationId, 8);
  return bytes;
}

function answer(correlationId: number, body: string): Buffer {
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeInt32BE(4 + body.length, 0);
  bytes.writeInt32BE(correlationId, 4);
  bytes.write(body, 8);
  return bytes;
}

/** A connection, and the correlation ids of what it has forwarded. */
function connection(requests: KafkaRequests) {
  const interceptor = requests.intercept();
  const forwarded: number[] = [];
  const send = (bytes: Buffer) =>
    interceptor.request(bytes, (frame) => void forwarded.push(frame.readInt32BE(8)));
  return { interceptor, forwarded, send };
}

const isSettled = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe('requests of Kafka clients', () => {
  it('pass whole, however their bytes arrive', () => {
    const { forwarded, send } = connection(new KafkaRequests());
    const bytes = Buffer.concat([request(PRODUCE, 1), request(END_TXN, 2), request(PRODUCE, 3)]);
    for (const byte of bytes) send(Buffer.of(byte));
    send(bytes);
    for (let at = 0; at < bytes.length; at += 7) send(bytes.subarray(at, at + 7));
    expect(forwarded).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it('are held one at a time, the nth that matches, on any connection', async () => {
    const requests = new KafkaRequests();
    const [one, two] = [connection(requests), connection(requests)];
    const held = requests.hold(nth(2, endTxn), { rest: 'flow' });
    one.send(Buffer.concat([request(END_TXN, 1), request(PRODUCE, 2)]));
    two.send(Buffer.concat([request(END_TXN, 3), request(END_TXN, 4)]));
    expect([one.forwarded, two.forwarded]).toEqual([[1, 2], [4]]);
    expect(await held).toMatchObject({ apiKey: END_TXN, apiVersion: 1, correlationId: 3 });
  });

  it('wait behind a held one of their connection, in order, and may be held in their turn', async () => {
    const requests = new KafkaRequests();
    const { forwarded, send } = connection(requests);
    const [first, second] = [requests.hold(endTxn), requests.hold(nth(1, endTxn))];
    send(Buffer.concat([1, 2, 3, 4].map((id) => request(id % 2 ? END_TXN : PRODUCE, id))));
    expect(forwarded).toEqual([]);
    void (await first).forward();
    expect(forwarded).toEqual([1, 2]);
    void (await first).forward();
    void (await second).forward();
    expect(forwarded).toEqual([1, 2, 3, 4]);
  });

  it('are answered to whoever forwards them, and keep the connection until then', async () => {
    const requests = new KafkaRequests();
    const { interceptor, send } = connection(requests);
    const held = requests.hold(endTxn, { rest: 'flow' });
    expect(await isSettled(interceptor.settled())).toBe(true);
    send(Buffer.concat([request(END_TXN, 1), request(PRODUCE, 2)]));
    const [settled, body] = [interceptor.settled(), (await held).forward()];
    interceptor.answer(answer(2, 'other'));
    expect(await isSettled(settled)).toBe(false);
    for (const byte of answer(1, 'mine')) interceptor.answer(Buffer.of(byte));
    expect(String(await body)).toBe('mine');
    await settled;
  });

  it('fail when the broker closes the connection before it answers', async () => {
    const requests = new KafkaRequests();
    const { interceptor, send } = connection(requests);
    const held = requests.hold(endTxn);
    send(request(END_TXN, 1));
    interceptor.closed();
    await expect((await held).forward()).rejects.toThrow('nobody knows whether it took the held request');
  });

  it.each(['end', 'resetAndDestroy'] as const)('outlive a client that leaves (%s)', async (leave) => {
    const requests = new KafkaRequests();
    let noticed = false;
    const intercept = () => {
      const interceptor = requests.intercept();
      const settled = interceptor.settled.bind(interceptor);
      interceptor.settled = () => ((noticed = true), settled());
      return interceptor;
    };
    const broker = await EchoServer.start();
    const proxy = await TcpProxy.start({ target: broker.address, intercept });
    const client = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    const held = requests.hold(endTxn);
    client.write(Buffer.concat([request(PRODUCE, 1), request(END_TXN, 2)]));
    const { forward } = await held;
    await until(() => broker.received === 16);
    client[leave]();
    await until(() => noticed);
    expect(broker.sockets.size).toBe(1);
    forward().catch(() => undefined);
    await until(() => broker.received === 32);
    await proxy.close();
    await broker.close();
    client.destroy();
  });
});
