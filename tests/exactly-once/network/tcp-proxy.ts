import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Connection, type Interceptor, reset } from './connection.ts';
import { type Pace, PASS, STALL } from './lane.ts';

export interface TcpProxyOptions {
  /** A free one unless given. */
  readonly port?: number;
  readonly target: { readonly host: string; readonly port: number };
  /** Called for each new connection. */
  readonly intercept?: () => Interceptor;
}

/**
 * Carries bytes between 127.0.0.1 and a target, as badly as it is told to. Every mode holds for the connections
 * that are there and for new ones. Bytes that were handed to the operating system before a change still arrive.
 */
export class TcpProxy {
  private readonly options: TcpProxyOptions;
  private readonly server: Server;
  private readonly open = new Set<Connection>();
  private pace = PASS;
  private refusing = false;

  private constructor(options: TcpProxyOptions) {
    this.options = options;
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.accept(client));
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    proxy.server.listen(options.port ?? 0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `host:port`, as brokers are named. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Connections of which a side is still open. */
  get connections(): number {
    return this.open.size;
  }

  /** Resets all connections; with `refuse`, new ones too, as soon as they are made, until `mend`. */
  cut({ refuse = false }: { readonly refuse?: boolean } = {}): void {
    this.refusing = refuse;
    for (const connection of this.open) connection.destroy();
  }

  /** No byte moves, and no connection closes, until `mend`. */
  stall(): void {
    this.change(STALL);
  }

  /** Every byte arrives this many milliseconds later; each direction of a connection has this rate, more than 0. */
  slow(pace: { readonly delayMs: number; readonly bytesPerSecond?: number }): void {
    this.change({ ...PASS, ...pace });
  }

  /** Bytes pass freely again, those first that waited. */
  mend(): void {
    this.refusing = false;
    this.change(PASS);
  }

  /** Resets all connections and listens no longer. */
  async close(): Promise<void> {
    const closed = this.server.listening ? once(this.server, 'close') : undefined;
    this.server.close();
    this.cut({ refuse: true });
    await Promise.all([closed, ...[...this.open].map((connection) => connection.closed)]);
  }

  private change(pace: Pace): void {
    this.pace = pace;
    for (const connection of this.open) connection.change(pace);
  }

  private accept(client: Socket): void {
    if (this.refusing) {
      client.on('error', () => undefined);
      reset(client);
      return;
    }
    const target = connect({ ...this.options.target, allowHalfOpen: true, noDelay: true });
    const connection = new Connection(client, target, this.pace, this.options.intercept?.());
    this.open.add(connection);
    void connection.closed.then(() => this.open.delete(connection));
  }
}
