import type { LogError } from '../log/errors.ts';
import { MAX_BATCH_BYTES } from '../domain/index.ts';
import { kafkaError, KafkaError } from './errors.ts';
import { anyBroker, everyBroker, type Heard } from './every-broker.ts';
import { type Asked, Connections } from './connections.ts';
import { apiKeys, apis, type NodeOptions, protocolError } from './kafkajs.ts';
import { addressOf, KnownBrokers } from './known-brokers.ts';
import { type Leader, LeaderEpochs, mostTold } from './leader-epochs.ts';
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
  private readonly connections: Connections;
  private readonly brokers: KnownBrokers;
  private readonly topics = new Map<string, TopicMetadata>();
  private readonly coordinators = new Map<string, number>();
  private knownCluster: string | undefined;
  private readonly epochs: LeaderEpochs;

  constructor(options: KafkaOptions, epochs = new LeaderEpochs()) {
    const { clientId, requestTimeoutMs = 10_000, security } = options;
    this.options = options;
    this.epochs = epochs;
    this.brokers = new KnownBrokers(options.brokers);
    this.connections = new Connections({ clientId, requestTimeoutMs, ...(security && { security }) });
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
    this.knownCluster ??= (await this.refresh([])).clusterId;
    return this.knownCluster;
  }

  /** A topic's id, partitions and leaders; throws UNKNOWN_TOPIC_OR_PARTITION when no broker knows it. */
  async topic(name: string): Promise<TopicMetadata> {
    const known = this.topics.get(name);
    if (known) return known;
    await this.refresh([name]);
    // The one that was asked may not have heard of it yet.
    if (!this.topics.has(name)) await this.confirmLeaders([name]);
    const found = this.topics.get(name);
    if (!found)
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic ${name} does not exist`, {
        retryable: true,
      });
    return found;
  }

  /** These topics as most brokers know them now; without those that none of these knows. Throws as `confirmLeaders` does. */
  async currentTopics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    await this.confirmLeaders(names);
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
        fields: { topic, partition },
      });
    }
    const leader = this.epochs.newest(id, partition, known);
    if (leader.nodeId >= 0) return leader;
    this.topics.delete(topic);
    throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}-${partition} has no leader`, {
      retryable: true,
      fields: { topic, partition },
    });
  }

  /**
   * Asks all brokers who leads these topics, and believes the newest epoch: before something is built on where a log ends.
   * Answers whether every one of them has answered; one that takes more than a second is waited for only while most have not.
   * Throws KafkaError, retryable, when most do not answer: the others may all be cut off.
   */
  async confirmLeaders(topics: readonly string[]): Promise<boolean> {
    const { answers, complete } = await this.askAll(topics);
    const told = answers.flatMap((answer) => answer.topics);
    const there = told.filter(isThere);
    for (const topic of there) this.epochs.heard(topic);
    for (const name of topics) this.topics.delete(name);
    for (const topic of mostTold(there)) this.learn(topic);
    refuseRefused(told.filter(({ name }) => !this.topics.has(name)));
    return complete;
  }

  /** What a broker speaks, asked anew each time: clusters are upgraded while clients run. */
  abilities(nodeId: number): Promise<BrokerAbilities> {
    return this.exchange<BrokerAbilities>(nodeId, apiVersionsExchange());
  }

  /** The ids of all brokers that any broker tells of now. Throws as `confirmLeaders` does. */
  async brokerIds(): Promise<number[]> {
    const { answers } = await this.askAll([]);
    return [...new Set(answers.flatMap(({ nodes }) => nodes.map(({ id }) => id)))];
  }

  /** Asked anew each time. */
  async controller(): Promise<number> {
    return (await this.refresh([])).controllerId;
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
    this.brokers.add(nodeId, addressOf({ host, port }));
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
  async exchange<T>(nodeId: number, exchange: Asked): Promise<T> {
    const address = this.brokers.address(nodeId);
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

  close(): Promise<void> {
    return this.connections.close();
  }

  private async refresh(topics: readonly string[]): Promise<ClusterMetadata> {
    const wanted = [...new Set([...this.topics.keys(), ...topics])];
    const metadata = await this.anyNode<ClusterMetadata>(metadataExchange(wanted));
    this.toldOf(metadata.nodes);
    for (const topic of metadata.topics) this.learn(topic);
    refuseRefused(metadata.topics.filter(({ name }) => topics.includes(name)));
    return metadata;
  }

  private async askAll(topics: readonly string[]): Promise<Heard> {
    if (this.brokers.all.length === 0) await this.refresh(topics);
    const heard = await this.askEach(topics).catch(async () => {
      // Those that are known may be gone, while the cluster works without them.
      await this.refresh([]);
      return this.askEach(topics);
    });
    this.toldOf(heard.answers.flatMap(({ nodes }) => nodes));
    return heard;
  }

  private askEach(topics: readonly string[]): Promise<Heard> {
    return everyBroker(this.brokers.all, (address) =>
      this.request<ClusterMetadata>(address, metadataExchange(topics)),
    );
  }

  /** Connections to those that are gone are given up. */
  private toldOf(nodes: ClusterMetadata['nodes']): void {
    const before = this.brokers.all;
    this.brokers.told(nodes);
    const known = new Set(this.brokers.inTurn());
    for (const address of before) if (!known.has(address)) this.connections.drop(address);
  }

  private learn(topic: TopicMetadata): void {
    if (isThere(topic)) this.topics.set(topic.name, this.epochs.heard(topic));
  }

  private callAny<T>(api: string, args: object): Promise<T> {
    return this.anyNode<T>((node) => node.lookupRequest(apiKeys[api] as number, apis[api] as never)(args));
  }

  /** In the order of `KnownBrokers`. */
  private anyNode<T>(exchange: Asked): Promise<T> {
    return anyBroker(this.brokers.inTurn(), async (address) => {
      this.brokers.asked(address);
      const answer = await this.send<T>(address, exchange);
      this.brokers.answered(address);
      return answer;
    });
  }

  private async send<T>(address: string, exchange: Asked): Promise<T> {
    try {
      return await this.request<T>(address, exchange);
    } catch (cause) {
      const error = kafkaError(cause);
      if (STALE.has(error.code)) this.forget();
      throw error;
    }
  }

  private async request<T>(address: string, exchange: Asked): Promise<T> {
    try {
      return await this.connections.request<T>(address, exchange);
    } catch (cause) {
      const error = kafkaError(cause);
      if (error.code === 'CONNECTION' || error.code === 'TIMEOUT') this.connections.drop(address);
      throw error;
    }
  }
}

const isThere = ({ errorCode }: TopicMetadata) => errorCode === 0;

/** Throws what a broker says of a topic, unless it is there, or is not. */
function refuseRefused(told: readonly TopicMetadata[]): void {
  for (const { name, errorCode } of told) {
    const { code, message, retryable } = kafkaError(protocolError(errorCode));
    if (errorCode !== 0 && code !== 'UNKNOWN_TOPIC_OR_PARTITION')
      throw new KafkaError(code, `${message} (${name})`, { retryable });
  }
}
