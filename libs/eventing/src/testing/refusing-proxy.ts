import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { KafkaClient } from '../kafka/client.ts';
import { Writer } from '../kafka/wire/writer.ts';
import { brokers } from './scratch-broker.ts';

/** Keys of the requests that specs refuse or count. */
export const api = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  coordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
} as const;

export interface SeenRequest {
  readonly apiKey: number;
  readonly clientId: string;
  readonly refused: boolean;
  /** The request after its header's client id. */
  readonly body: Buffer;
}

/** An answer after its header, in the version that was asked for. */
export type Answer = (version: number) => Buffer;

/** The answer of requests that have but an error code to tell, after the throttle time. */
export const errorAnswer = (code: number) => () => new Writer().int32(0).int16(code).slice(0);

/** The answer of InitProducerId, which has an id and an epoch as well. */
export const initAnswer = (code: number) => () =>
  new Writer().int32(0).int16(code).int64(-1n).int16(-1).slice(0);

/** The answer of Produce for partition 0 of a topic; flexible from version 9 on (KIP-482). */
export const produceAnswer =
  (topic: string, code: number): Answer =>
  (version) => {
    const writer = new Writer();
    const offsets = () => writer.int32(0).int16(code).int64(-1n).int64(-1n).int64(-1n);
    if (version < 9) {
      writer.int32(1).string(topic).int32(1);
      return offsets().int32(0).slice(0);
    }
    writer.uvarint(0).uvarint(2).compactString(topic).uvarint(2);
    offsets().uvarint(1).compactString(null).uvarint(0).uvarint(0);
    return writer.int32(0).uvarint(0).slice(0);
  };

interface Refusal {
  readonly apiKey: number;
  readonly answer: Answer;
  left: number;
}

/**
 * Stands before the brokers and puts its own addresses into what they tell about the cluster, so that every
 * request of whoever starts here passes through: it notes them all, and answers chosen ones itself.
 */
export class RefusingProxy {
  readonly seen: SeenRequest[] = [];
  private readonly addresses = new Map<string, string>();
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private refusals: Refusal[] = [];

  static async start(): Promise<RefusingProxy> {
    const proxy = new RefusingProxy();
    for (const broker of brokers) await proxy.listen(broker);
    return proxy;
  }

  get brokers(): string[] {
    return [...this.addresses.values()];
  }

  client(clientId = 'spec'): KafkaClient {
    return new KafkaClient({ brokers: this.brokers, clientId });
  }

  /** The next `times` requests of this kind get this answer and do not reach a broker. */
  refuse(apiKey: number, answer: Answer, times = 1): void {
    this.refusals.push({ apiKey, answer, left: times });
  }

  /** From now on everything passes again. */
  relent(): void {
    this.refusals = [];
  }

  count(apiKey: number, clientId?: string): number {
    return this.seen.filter(
      (request) => request.apiKey === apiKey && (clientId === undefined || request.clientId === clientId),
    ).length;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((closed) => server.close(closed))));
  }

  private async listen(broker: string): Promise<void> {
    const { host, port } = split(broker);
    const server = createServer((downstream) => this.relay(downstream, connect(port, host)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.servers.push(server);
    this.addresses.set(broker, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  private relay(downstream: Socket, upstream: Socket): void {
    const asked = new Map<number, number>();
    for (const [socket, other] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      this.sockets.add(socket.setNoDelay());
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    downstream.on(
      'data',
      frames((frame) => {
        asked.set(frame.readInt32BE(8), frame.readInt16BE(4));
        const refusal = this.note(frame);
        if (!refusal) upstream.write(frame);
        else downstream.write(response(frame, refusal.answer(frame.readInt16BE(6))));
      }),
    );
    upstream.on(
      'data',
      frames((frame) => downstream.write(this.translated(asked.get(frame.readInt32BE(4)), frame))),
    );
  }

  private note(frame: Buffer): Refusal | undefined {
    const apiKey = frame.readInt16BE(4);
    const bodyAt = 14 + Math.max(0, frame.readInt16BE(12));
    const refusal = this.refusals.find((candidate) => candidate.apiKey === apiKey && candidate.left > 0);
    if (refusal) refusal.left--;
    this.seen.push({
      apiKey,
      clientId: frame.toString('utf8', 14, bodyAt),
      refused: refusal !== undefined,
      body: frame.subarray(bodyAt),
    });
    return refusal;
  }

  /** Metadata and coordinators name the brokers: there their addresses get the ports of the proxy. */
  private translated(apiKey: number | undefined, frame: Buffer): Buffer {
    if (apiKey !== api.metadata && apiKey !== api.coordinator) return frame;
    for (const [broker, mine] of this.addresses) {
      const address = wireAddress(broker);
      for (let at = frame.indexOf(address); at >= 0; at = frame.indexOf(address, at + 1))
        frame.writeInt32BE(split(mine).port, at + address.length - 4);
    }
    return frame;
  }
}

function split(address: string): { host: string; port: number } {
  const [host = '', port] = address.split(/:(?=\d+$)/);
  return { host, port: Number(port) };
}

function wireAddress(address: string): Buffer {
  const { host, port } = split(address);
  return new Writer().raw(host).int32(port).slice(0);
}

function response(request: Buffer, body: Buffer): Buffer {
  return new Writer()
    .int32(body.length + 4)
    .int32(request.readInt32BE(8))
    .raw(body)
    .slice(0);
}

/** Cuts a stream into frames, each with its length before it. */
function frames(handle: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= rest.readInt32BE(0) + 4) {
      const end = rest.readInt32BE(0) + 4;
      handle(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
