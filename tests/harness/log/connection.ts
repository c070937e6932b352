import { connect, type Socket } from 'node:net';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { LogError, type LogErrorCode } from './log-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One request of the protocol: its key, its version and its body. */
export interface Request<Answer> {
  readonly api: number;
  readonly version: number;
  /** Whether this version has compact types, and so tagged fields in the headers, too. */
  readonly flexible?: boolean;
  write(body: ByteWriter): void;
  read(body: ByteReader): Answer;
}

interface Waiting {
  resolve(body: ByteReader): void;
  reject(error: LogError): void;
}

/** A connection to one broker. Whatever goes wrong on it ends it, and fails all its requests as retryable. */
export class Connection {
  private readonly socket: Socket;
  private readonly name: string;
  private readonly timeoutMs: number;
  private readonly waiting = new Map<number, Waiting>();
  private chunks: Buffer[] = [];
  private received = 0;
  private lastId = 0;

  /** Connects in the background: the first request fails when nobody is there. */
  constructor({ host, port }: Address, timeoutMs: number) {
    this.name = `${host}:${port}`;
    this.timeoutMs = timeoutMs;
    this.socket = connect({ host, port, noDelay: true });
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (cause) => this.end(this.lost('CONNECTION_LOST', cause.message, cause)));
    this.socket.on('close', () => this.end());
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  /** Rejects with a retryable LogError when the broker is away, or silent for longer than the timeout. */
  async request<Answer>({ api, version, flexible, write, read }: Request<Answer>): Promise<Answer> {
    const id = ++this.lastId;
    const body = new ByteWriter().int16(api).int16(version).int32(id).string('fault-tests');
    if (flexible) body.tags();
    write(body);
    const { promise, resolve, reject } = Promise.withResolvers<ByteReader>();
    this.waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => this.silent(api), this.timeoutMs);
    try {
      if (this.closed) this.end();
      else this.socket.write(new ByteWriter().sized(body.done()).done());
      const answer = await promise;
      if (flexible) answer.tags();
      return read(answer);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  close(): void {
    this.end();
  }

  private silent(api: number): void {
    this.end(this.lost('NO_ANSWER', `did not answer api ${api} in ${this.timeoutMs} ms`));
  }

  private end(error = this.lost('CONNECTION_LOST', 'closed the connection')): void {
    this.socket.destroy();
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private lost(code: LogErrorCode, what: string, cause?: Error): LogError {
    return new LogError(code, `${this.name} ${what}`, { retryable: true, cause });
  }

  /** Frames are put together once they are complete, so a large one is not copied with each of its chunks. */
  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.received += chunk.length;
    for (let needed = this.needed(); this.received >= needed; needed = this.needed()) {
      const all = this.joined();
      const rest = all.subarray(needed);
      this.chunks = [rest];
      this.received = rest.length;
      this.answer(all.subarray(4, needed));
    }
  }

  private needed(): number {
    if (this.received < 4) return Infinity;
    const first = this.chunks[0] as Buffer;
    return 4 + (first.length >= 4 ? first : this.joined()).readInt32BE(0);
  }

  private joined(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] as Buffer;
  }

  private answer(frame: Buffer): void {
    const id = frame.readInt32BE(0);
    this.waiting.get(id)?.resolve(new ByteReader(frame.subarray(4)));
  }
}
