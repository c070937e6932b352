import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/** What becomes of one request. */
export type Fate = 'answer' | 'moved' | 'not-ready' | 'cut' | 'silence' | 'stale';

/** One topic on brokers that behave as badly as they are told to. They know the requests of LogReader only. */
export class FakeCluster {
  /** Batches of each partition, in order; each is one offset long. */
  readonly log: Buffer[][];
  leaders: number[];
  /** Decides on each request for records or offsets. */
  fate: (api: number, broker: number) => Fate = () => 'answer';
  readonly topic = 'fake';
  private readonly servers: Server[] = [];
  private readonly sockets = new Map<Socket, number>();
  private ports: number[] = [];

  constructor(log: Buffer[][]) {
    this.log = log;
    this.leaders = log.map(() => 0);
  }

  async start(brokers: number): Promise<string> {
    for (let broker = 0; broker < brokers; broker++) {
      const server = createServer((socket) => this.serve(socket, broker));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.servers.push(server);
    }
    this.ports = this.servers.map((server) => (server.address() as AddressInfo).port);
    return this.ports.map((port) => `127.0.0.1:${port}`).join(',');
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.keys()) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  /** The broker stays in the metadata, but nobody is there. */
  kill(killed: number): void {
    this.servers[killed]?.close();
    for (const [socket, broker] of this.sockets) if (broker === killed) socket.destroy();
  }

  private serve(socket: Socket, broker: number): void {
    this.sockets.set(socket, broker);
    socket.on('error', () => undefined);
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const end = 4 + bytes.readInt32BE(0);
        this.respond(socket, broker, new ByteReader(bytes.subarray(4, end)));
        bytes = bytes.subarray(end);
      }
    });
  }

  private respond(socket: Socket, broker: number, request: ByteReader): void {
    const api = request.int16();
    request.int16();
    const answer = new ByteWriter().int32(request.int32());
    request.string();
    const fate = api === 3 ? 'answer' : this.fate(api, broker);
    if (fate === 'silence') return;
    if (api === 3) this.metadata(answer);
    else if (api === 2) this.offsets(answer, request, broker, fate);
    else this.records(answer, request, broker, fate);
    const frame = new ByteWriter().sized(answer.done()).done();
    if (fate === 'cut') socket.end(frame.subarray(0, frame.length >> 1), () => socket.destroy());
    else socket.write(frame);
  }

  private metadata(answer: ByteWriter): void {
    answer.int32(0);
    answer.array(this.ports, (port) =>
      answer.int32(this.ports.indexOf(port)).string('127.0.0.1').int32(port).string(null),
    );
    answer.string(null).int32(0).int32(1).int16(0).string(this.topic).int8(0);
    answer.array([...this.leaders.entries()], ([partition, leader]) =>
      answer.int16(0).int32(partition).int32(leader).int32(0).int32(0).int32(0).int32(0),
    );
  }

  private offsets(answer: ByteWriter, request: ByteReader, broker: number, fate: Fate): void {
    request.int32();
    request.int8();
    const asked = this.partitionsIn(request, () => [request.int32(), request.int64()] as const);
    answer.int32(0).int32(1).string(this.topic);
    answer.array(asked, ([partition, [, timestamp]]) => {
      const end = this.log[partition]?.length ?? 0;
      const latest = fate === 'stale' ? Math.max(0, end - 5) : end;
      answer
        .int32(partition)
        .int16(this.errorOf(partition, broker, fate))
        .int64(-1n);
      answer.int64(timestamp === -2n ? 0n : BigInt(latest)).int32(0);
    });
  }

  /** Few batches at once; the last one is cut off, as brokers do. */
  private records(answer: ByteWriter, request: ByteReader, broker: number, fate: Fate): void {
    for (let field = 0; field < 4; field++) request.int32();
    request.int8();
    request.int64();
    const asked = this.partitionsIn(request, () => {
      request.int32();
      const from = request.int64();
      request.int64();
      request.int32();
      return Number(from);
    });
    answer.int32(0).int16(0).int32(0).int32(1).string(this.topic);
    answer.array(asked, ([partition, from]) => {
      const error = this.errorOf(partition, broker, fate);
      const some = Buffer.concat(this.log[partition]?.slice(from, from + 4) ?? []);
      const cut = from + 4 < (this.log[partition]?.length ?? 0) ? some.length - 3 : some.length;
      answer.int32(partition).int16(error).int64(0n).int64(0n).int64(0n).int32(0).int32(-1);
      answer.sized(error === 0 && fate !== 'stale' ? some.subarray(0, cut) : Buffer.alloc(0));
    });
  }

  private partitionsIn<T>(request: ByteReader, read: () => T): (readonly [number, T])[] {
    return request
      .array(() => {
        request.string();
        return request.array(() => [request.int32(), read()] as const);
      })
      .flat();
  }

  private errorOf(partition: number, broker: number, fate: Fate): number {
    if (fate === 'not-ready') return 78;
    if (fate === 'moved') this.leaders[partition] = (broker + 1) % this.ports.length;
    return this.leaders[partition] === broker ? 0 : 6;
  }
}
