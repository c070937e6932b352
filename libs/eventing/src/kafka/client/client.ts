import type { LogError } from '../../log/errors.ts';
import { MAX_BATCH_BYTES } from '../../domain/index.ts';
import { kafkaError, KafkaError } from './errors.ts';
import { anyBroker, everyBroker, type Heard } from './every-broker.ts';
import { type Asked, Connections } from './connections.ts';
import { apiKeys, apis, type NodeOptions, protocolError } from './kafkajs.ts';
import { addressOf, KnownBrokers } from './known-brokers.ts';
import { KnownTopics } from './known-topics.ts';
import { type Leader, LeaderEpochs } from './leader-epochs.ts';
import { Rounds } from './rounds.ts';
import type { Codec } from '../wire/compression.ts';
import { apiVersionsExchange, type BrokerAbilities } from '../wire/api-versions.ts';
import { type ClusterMetadata, metadataExchange, type TopicMetadata } from '../wire/metadata.ts';

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

/** Topics as most brokers know them, and whether all brokers were heard. */
interface Confirmed {
  readonly found: readonly TopicMetadata[];
  readonly complete: boolean;
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
  private readonly topics: KnownTopics;
  private readonly lookups = new Map<string, Promise<TopicMetadata>>();
  private readonly coordinators = new Map<string, number>();
  private knownCluster: string | undefined;
  private readonly epochs: LeaderEpochs;
  private readonly rounds = new Rounds((topics) => this.askAll(topics));

  constructor(options: KafkaOptions, epochs = new LeaderEpochs()) {
    const { clientId, requestTimeoutMs = 10_000, security } = options;
    this.options = options;
    this.epochs = epochs;
    this.topics = new KnownTopics(epochs);
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
    return this.topics.get(name) ?? this.lookUp(name);
  }

  /** These topics as most brokers know them now; without those that none of these knows. Throws as `confirmLeaders` does. */
  async currentTopics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    return (await this.confirm(names)).found;
  }

  /** One of them; throws UNKNOWN_TOPIC_OR_PARTITION when none of most brokers knows it. */
  async currentTopic(name: string): Promise<TopicMetadata> {
    const [found] = await this.currentTopics([name]);
    if (found) return found;
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic ${name} does not exist`, {
      retryable: true,
      fields: { topic: name },
    });
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
    this.topics.forget(topic);
    throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}-${partition} has no leader`, {
      retryable: true,
      fields: { topic, partition },
    });
  }

  /**
   * Asks all brokers who leads these topics, and believes the newest epoch: before something is built on where a log ends.
   * Answers whether every one of them has answered: once most have, the others are waited for shortly. Questions that come while
   * brokers are asked share the next round. Throws KafkaError, retryable, when most do not answer: the others may all be cut off.
   */
  async confirmLeaders(topics: readonly string[]): Promise<boolean> {
    return (await this.confirm(topics)).complete;
  }

  /** What a broker speaks, asked anew each time: clusters are upgraded while clients run. */
  abilities(nodeId: number): Promise<BrokerAbilities> {
    return this.exchange<BrokerAbilities>(nodeId, apiVersionsExchange());
  }

  /** The ids of all brokers that any broker tells of now. Throws as `confirmLeaders` does. */
  async brokerIds(): Promise<number[]> {
    const { answers } = await this.rounds.join([]);
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
    this.topics.forgetAll();
    this.lookups.clear();
    this.coordinators.clear();
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** Once for all who ask at the same time. */
  private lookUp(name: string): Promise<TopicMetadata> {
    const before = this.lookups.get(name);
    if (before) return before;
    const lookup = this.find(name).finally(() => {
      if (this.lookups.get(name) === lookup) this.lookups.delete(name);
    });
    this.lookups.set(name, lookup);
    return lookup;
  }

  /** By what was answered, and not by what is remembered: somebody may have it forgotten meanwhile. */
  private async find(name: string): Promise<TopicMetadata> {
    const told = (await this.refresh([name])).topics.find((topic) => topic.name === name);
    if (told) return told;
    // The one that was asked may not have heard of it yet.
    return this.currentTopic(name);
  }

  private async refresh(topics: readonly string[]): Promise<ClusterMetadata> {
    const wanted = [...new Set([...this.topics.names, ...topics])];
    const metadata = await this.anyNode<ClusterMetadata>(metadataExchange(wanted));
    this.toldOf(metadata.nodes);
    return { ...metadata, topics: this.topics.told(topics, metadata.topics) };
  }

  private async confirm(names: readonly string[]): Promise<Confirmed> {
    const { answers, complete } = await this.rounds.join(names);
    const found = this.topics.toldByMost(names, answers, complete);
    return { found, complete };
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
