import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Leader } from '../kafka/leader-epochs.ts';
import { Reader } from '../kafka/wire/reader.ts';
import { Writer } from '../kafka/wire/writer.ts';

const METADATA = 3;
const UNKNOWN_TOPIC = 3;
const HOST = '127.0.0.1';

/** What a broker takes for true. */
export interface View {
  readonly brokers: readonly FakeBroker[];
  readonly topics: readonly {
    readonly name: string;
    readonly id: number;
    readonly leaders: readonly Leader[];
  }[];
}

/** A broker that answers nothing but what it speaks and how it sees its cluster, over a real connection. */
export class FakeBroker {
  readonly id: number;
  view: View = { brokers: [this], topics: [] };
  /** The newest version of Metadata that it speaks. */
  speaks = 12;
  /** Milliseconds after which it tells its view; Infinity: never. */
  tellsAfterMs = 0;
  /** It keeps it when it is stopped. */
  port = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(id: number) {
    this.id = id;
    this.server = createServer((socket) => this.serve(socket));
  }

  static async start(id: number): Promise<FakeBroker> {
    const broker = new FakeBroker(id);
    broker.server.listen(0, HOST);
    await once(broker.server, 'listening');
    broker.port = (broker.server.address() as AddressInfo).port;
    return broker;
  }

  get address(): string {
    return `${HOST}:${this.port}`;
  }

  /** Nothing listens there any more. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let bytes = Buffer.alloc(0);
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const end = 4 + bytes.readInt32BE(0);
        this.answer(socket, new Reader(bytes.subarray(4, end)));
        bytes = bytes.subarray(end);
      }
    });
  }

  private answer(socket: Socket, request: Reader): void {
    const [apiKey] = [request.int16(), request.int16()];
    const correlationId = request.int32();
    request.string();
    const answer = new Writer().int32(0).int32(correlationId);
    if (apiKey === METADATA) this.metadata(request, answer);
    else answer.int16(0).int32(1).int16(METADATA).int16(0).int16(this.speaks).int32(0);
    answer.putInt32(0, answer.size - 4);
    const write = () => void socket.write(answer.slice(0));
    if (apiKey !== METADATA || this.tellsAfterMs === 0) write();
    else if (this.tellsAfterMs < Infinity) setTimeout(write, this.tellsAfterMs);
  }

  /** Metadata version 12. */
  private metadata(request: Reader, answer: Writer): void {
    const { brokers, topics } = this.view;
    request.tags();
    const names = request.compactArray(() => {
      request.raw(16);
      const name = request.compactString() ?? '';
      request.tags();
      return name;
    });
    answer
      .uvarint(0)
      .int32(0)
      .uvarint(brokers.length + 1);
    for (const { id, port } of brokers)
      answer.int32(id).compactString(HOST).int32(port).compactString(null).uvarint(0);
    answer
      .compactString('fake')
      .int32(this.id)
      .uvarint(names.length + 1);
    for (const name of names)
      writeTopic(
        answer,
        name,
        topics.find((topic) => topic.name === name),
      );
    answer.uvarint(0);
  }
}

function writeTopic(answer: Writer, name: string, topic: View['topics'][number] | undefined): void {
  answer
    .int16(topic ? 0 : UNKNOWN_TOPIC)
    .compactString(name)
    .raw(Buffer.alloc(16, topic?.id ?? 0))
    .int8(0);
  const leaders = topic?.leaders ?? [];
  answer.uvarint(leaders.length + 1);
  for (const [index, { nodeId, epoch }] of leaders.entries())
    answer.int16(0).int32(index).int32(nodeId).int32(epoch).uvarint(1).uvarint(1).uvarint(1).uvarint(0);
  answer.int32(0).uvarint(0);
}
