import { KafkaError } from './errors.ts';
import { createNode, type Exchange, type Node, type NodeOptions } from './kafkajs.ts';
import { refuseUnspoken } from '../wire/api-versions.ts';

export type Asked = Exchange | ((node: Node) => Exchange);

/** One connection pool for each address that is asked, made when it is asked first. */
export class Connections {
  private readonly options: Omit<NodeOptions, 'host' | 'port' | 'connectionTimeoutMs'>;
  private readonly nodes = new Map<string, Node>();
  private readonly connecting = new Map<Node, Promise<void>>();
  private closed = false;

  constructor(options: Omit<NodeOptions, 'host' | 'port' | 'connectionTimeoutMs'>) {
    this.options = options;
  }

  /** Rejects with whatever the client throws; with a KafkaError, UNSUPPORTED_VERSION, where the broker does not speak the request. */
  async request<T>(address: string, asked: Asked): Promise<T> {
    if (this.closed) throw new KafkaError('CLOSED', 'The client is closed', { retryable: false });
    const node = this.node(address);
    await this.connect(address, node);
    const { request, response, requestTimeout } = typeof asked === 'function' ? asked(node) : asked;
    refuseUnspoken(address, request, node.versions);
    const answer = node.connectionPool.send({
      request,
      response,
      requestTimeout: requestTimeout ?? null,
      logResponseError: false,
    });
    return (await answer) as T;
  }

  /** One try for all that wait. KafkaJS calls a node connected before that has said what it speaks, which requests are made by. */
  private async connect(address: string, node: Node): Promise<void> {
    if (!this.connecting.has(node) && node.isConnected() && node.versions) return;
    const connecting = this.connecting.get(node) ?? node.connect();
    this.connecting.set(node, connecting);
    try {
      await connecting;
    } finally {
      this.connecting.delete(node);
    }
    if (node.versions) return;
    throw new KafkaError('CONNECTION', `${address} has not said what it speaks`, { retryable: true });
  }

  /** Not awaited: it waits for other requests in flight, whose callers will hear for themselves. */
  drop(address: string): void {
    const node = this.nodes.get(address);
    this.nodes.delete(address);
    node?.disconnect().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled([...this.nodes.values()].map((node) => node.disconnect()));
    this.nodes.clear();
  }

  private node(address: string): Node {
    const known = this.nodes.get(address);
    if (known) return known;
    const [host = '', port] = address.split(/:(?=\d+$)/);
    const node = createNode({ ...this.options, host, port: Number(port), connectionTimeoutMs: 2_000 });
    this.nodes.set(address, node);
    return node;
  }
}
