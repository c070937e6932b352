import type { LogError } from '../log/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_BATCH_BYTES } from '../domain/index.ts';
import { kafkaError, KafkaError } from './errors.ts';
import {
  apiKeys,
  apis,
  createNode,
  type Exchange,
  type Node,
  type NodeOptions,
  protocolError,
} from './kafkajs.ts';
import { type Leader, LeaderEpochs } from './leader-epochs.ts';
import type { Codec } from './wire/compression.ts';
import { apiVersionsExchange, type BrokerAbilities } from './wire/api-versions.ts';
import { type ClusterMetadata, metadataExchange, type TopicMetadata } from './wire/metadata.ts';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Milliseconds to wait for an answer; 10,000 unless given. */
  readonly requestTimeoutMs?: number;
  readonly security?: NodeOptions['security'];
  /** How batches that this client writes are compressed; `none` unless given. */
  readonly compression?: Codec;
  /** Bytes of memory that one batch may take that this client reads; 32 MiB unless given. A larger one is not read. */
  readonly maxBatchBytes?: number;
}

/** Milliseconds for which a broker that does not answer is waited for when all are asked. */
const ALL_BROKERS_MS = 1_000;

const STALE = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'CONNECTION',
  'TIMEOUT',
  'NOT_CONTROLLER',
  'KAFKA_STORAGE_ERROR',
]);

/**
 * Connections to the nodes of one cluster, and who leads or coordinates what. Requests of one client to one
 * node are answered in turn, fetches apart, so whatever must not wait for another gets a client of its own.
 */
export class KafkaClient {
  private readonly options: KafkaOptions;
  private readonly nodes = new Map<string, Node>();
  private readonly addresses = new Map<number, string>();
  private readonly topics = new Map<string, TopicMetadata>();
  private readonly coordinators = new Map<string, number>();
  private cluster: ClusterMetadata | undefined;
  /** The node that has answered last of those of which any would do. */
  private answered: readonly string[] = [];
  private readonly epochs: LeaderEpochs;
  private closed = false;

  constructor(options: KafkaOptions, epochs = new LeaderEpochs()) {
    this.options = options;
    this.epochs = epochs;
  }

  get compression(): Codec {
    return this.options.compression ?? 'none';
  }

  get maxBatchBytes(): number {
    return this.options.maxBatchBytes ?? MAX_BATCH_BYTES;
  }

  /** Another client of the same cluster, with connections of its own. */
  sibling(suffix: string): KafkaClient {
    const options = { ...this.options, clientId: `${this.options.clientId}-${suffix}` };
    return new KafkaClient(options, this.epochs);
  }

  async clusterId(): Promise<string> {
    return (this.cluster ?? (await this.refresh([]))).clusterId;
  }

  /** A topic's id, partitions and leaders; throws UNKNOWN_TOPIC_OR_PARTITION when it does not exist. */
  async topic(name: string): Promise<TopicMetadata> {
    const known = this.topics.get(name);
    if (known) return known;
    await this.refresh([name]);
    const found = this.topics.get(name);
    if (!found)
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic ${name} does not exist`, {
        retryable: true,
      });
    return found;
  }

  /** These topics as they are now, whatever was known; without those that do not exist. */
  async currentTopics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    for (const name of names) this.topics.delete(name);
    await this.refresh(names);
    return names.flatMap((name) => this.topics.get(name) ?? []);
  }

  async leader(topic: string, partition: number): Promise<number> {
    return (await this.leadership(topic, partition)).nodeId;
  }

  /** The leader, with the epoch that a request names, so that no other answers it. */
  async leadership(topic: string, partition: number): Promise<Leader> {
    const { id, leaders } = await this.topic(topic);
    const known = leaders[partition];
    if (known === undefined) {
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `${topic} has no partition ${partition}`, {
        retryable: false,
      });
    }
    const leader = this.epochs.newest(id, partition, known);
    if (leader.nodeId >= 0) return leader;
    this.topics.delete(topic);
    throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}-${partition} has no leader`, { retryable: true });
  }

  /**
   * Asks all brokers who leads these topics, and believes the newest epoch: before something is built on where a log ends. One
   * that does not answer within a second is passed over.
   */
  async confirmLeaders(topics: readonly string[]): Promise<void> {
    if (this.addresses.size === 0) await this.refresh(topics);
    const answers = [...this.addresses.values()].map(async (address) =>
      this.learnAll(await this.request<ClusterMetadata>(address, metadataExchange(topics))),
    );
    const waited = new AbortController();
    const enough = sleep(ALL_BROKERS_MS, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(answers), enough]);
    waited.abort();
  }

  /** What a broker speaks, asked anew each time: clusters are upgraded while clients run. */
  abilities(nodeId: number): Promise<BrokerAbilities> {
    return this.exchange<BrokerAbilities>(nodeId, apiVersionsExchange());
  }

  /** The ids of all brokers, as they were when the metadata was read last. */
  async brokerIds(): Promise<number[]> {
    const { nodes } = this.cluster ?? (await this.refresh([]));
    return nodes.map(({ id }) => id);
  }

  async controller(): Promise<number> {
    return (this.cluster ?? (await this.refresh([]))).controllerId;
  }

  /** The node that keeps this group's offsets, or this transactional id's state. */
  async coordinator(kind: 'group' | 'transaction', id: string): Promise<number> {
    const key = `${kind}:${id}`;
    const known = this.coordinators.get(key);
    if (known !== undefined) return known;
    const args = { groupId: id, coordinatorType: kind === 'group' ? 0 : 1 };
    const answer = await this.callAny<{ coordinator: { nodeId: number; host: string; port: number } }>(
      'GroupCoordinator',
      args,
    );
    const { nodeId, host, port } = answer.coordinator;
    this.addresses.set(nodeId, `${host}:${port}`);
    this.coordinators.set(key, nodeId);
    return nodeId;
  }

  /** Sends one request to one node, in the newest version that both sides speak. Throws KafkaError. */
  async call<T>(nodeId: number, api: string, args: object): Promise<T> {
    return this.exchange<T>(nodeId, (node) =>
      node.lookupRequest(apiKeys[api] as number, apis[api] as never)(args),
    );
  }

  /** Sends a request that was written here. Throws KafkaError. */
  async exchange<T>(nodeId: number, exchange: Exchange | ((node: Node) => Exchange)): Promise<T> {
    const address = this.addresses.get(nodeId);
    if (!address) {
      this.forget();
      throw new KafkaError('CONNECTION', `Node ${nodeId} is unknown`, { retryable: true });
    }
    return this.send<T>(address, exchange);
  }

  /** The error that a leader answered for one partition; what was learned about leaders is forgotten where it shows to be stale. */
  refusal(errorCode: number): LogError {
    const error = kafkaError(protocolError(errorCode));
    if (STALE.has(error.code)) this.forget();
    return error;
  }

  /** Throws away what was learned about leaders and coordinators: it has turned out to be stale. */
  forget(): void {
    this.topics.clear();
    this.coordinators.clear();
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled([...this.nodes.values()].map((node) => node.disconnect()));
    this.nodes.clear();
  }

  private async refresh(topics: readonly string[]): Promise<ClusterMetadata> {
    const wanted = [...new Set([...this.topics.keys(), ...topics])];
    const metadata = await this.anyNode<ClusterMetadata>(metadataExchange(wanted));
    this.learnAll(metadata);
    this.cluster = metadata;
    return metadata;
  }

  private learnAll(metadata: ClusterMetadata): void {
    for (const { id, host, port } of metadata.nodes) this.addresses.set(id, `${host}:${port}`);
    for (const topic of metadata.topics) this.learn(topic);
  }

  private learn(topic: TopicMetadata): void {
    if (topic.errorCode === 0) this.topics.set(topic.name, this.epochs.heard(topic));
    else if (protocolError(topic.errorCode).type !== 'UNKNOWN_TOPIC_OR_PARTITION')
      throw kafkaError(protocolError(topic.errorCode));
  }

  private callAny<T>(api: string, args: object): Promise<T> {
    return this.anyNode<T>((node) => node.lookupRequest(apiKeys[api] as number, apis[api] as never)(args));
  }

  /** Asks one node after the other, the one that has answered last and those known from metadata first, until one answers. */
  private async anyNode<T>(exchange: Exchange | ((node: Node) => Exchange)): Promise<T> {
    const candidates = new Set([...this.answered, ...this.addresses.values(), ...this.options.brokers]);
    let failure: unknown;
    for (const address of candidates) {
      try {
        const answer = await this.send<T>(address, exchange);
        this.answered = [address];
        return answer;
      } catch (error) {
        failure = error;
      }
    }
    throw kafkaError(failure ?? new KafkaError('CONNECTION', 'No broker is known', { retryable: true }));
  }

  private async send<T>(address: string, exchange: Exchange | ((node: Node) => Exchange)): Promise<T> {
    try {
      return await this.request(address, exchange);
    } catch (cause) {
      const error = kafkaError(cause);
      if (STALE.has(error.code)) this.forget();
      if (error.code === 'CONNECTION' || error.code === 'TIMEOUT') this.drop(address);
      throw error;
    }
  }

  private async request<T>(address: string, exchange: Exchange | ((node: Node) => Exchange)): Promise<T> {
    if (this.closed) throw new KafkaError('CLOSED', 'The client is closed', { retryable: false });
    const node = this.node(address);
    if (!node.isConnected()) await node.connect();
    const { request, response, requestTimeout } = typeof exchange === 'function' ? exchange(node) : exchange;
    const answer = node.connectionPool.send({
      request,
      response,
      requestTimeout: requestTimeout ?? null,
      logResponseError: false,
    });
    return (await answer) as T;
  }

  private node(address: string): Node {
    const known = this.nodes.get(address);
    if (known) return known;
    const [host = '', port] = address.split(/:(?=\d+$)/);
    const { clientId, requestTimeoutMs = 10_000, security } = this.options;
    const node = createNode({
      host,
      port: Number(port),
      clientId,
      requestTimeoutMs,
      connectionTimeoutMs: 2_000,
      ...(security && { security }),
    });
    this.nodes.set(address, node);
    return node;
  }

  /** Not awaited: it waits for other requests in flight, whose callers will hear for themselves. */
  private drop(address: string): void {
    const node = this.nodes.get(address);
    this.nodes.delete(address);
    node?.disconnect().catch(() => undefined);
  }
}
