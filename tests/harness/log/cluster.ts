import { type Address, Connection, type Request } from './connection.ts';
import { brokerError, LogError } from './log-error.ts';
import { Patience } from './patience.ts';
import {
  type ClusterMap,
  findCoordinator,
  metadata,
  type PartitionAnswer,
  type TopicPartition,
} from './requests.ts';

export interface ClusterOptions {
  /** Milliseconds after which a silent broker is left; 5,000 unless given. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds without any progress after which the last failure is thrown; 60,000 unless given. */
  readonly patienceMs?: number;
}

/** What came of an answer: the partition is done, has more, or failed. */
export type Progress = 'done' | 'more' | LogError;

/** Finds leaders and coordinators, and asks again elsewhere while brokers are down and leaders move. */
export class Cluster {
  private readonly bootstrap: readonly Address[];
  private readonly requestTimeoutMs: number;
  private readonly patienceMs: number;
  private readonly connections = new Map<string, Connection>();
  private readonly topics = new Set<string>();
  private map: ClusterMap | undefined;
  private turn = 0;
  private isClosed = false;

  constructor(bootstrap: string, options: ClusterOptions = {}) {
    this.bootstrap = bootstrap.split(',').map((address) => {
      const colon = address.lastIndexOf(':');
      return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    });
    this.requestTimeoutMs = options.requestTimeoutMs ?? 5_000;
    this.patienceMs = options.patienceMs ?? 60_000;
  }

  /** Every partition of these topics. */
  partitions(topics: readonly string[]): Promise<TopicPartition[]> {
    for (const topic of topics) this.topics.add(topic);
    return this.patiently(async () => {
      const known = await this.metadata(topics);
      return topics.flatMap((topic) => {
        const { error, leaders } = known.topics.get(topic) ?? { error: 3, leaders: [] as number[] };
        if (error !== 0) throw brokerError(`Metadata of ${topic}`, error);
        return Array.from(leaders, (_, partition) => ({ topic, partition }));
      });
    });
  }

  /**
   * Asks the leaders of all these partitions, and again for those that are not done. `take` is given each answer
   * without error. Throws what `take` throws, and a LogError when there is no progress for too long.
   */
  async gather<Answer extends PartitionAnswer>(
    partitions: readonly TopicPartition[],
    ask: (some: readonly TopicPartition[]) => Request<Answer[]>,
    take: (answer: Answer) => Progress,
  ): Promise<void> {
    const patience = new Patience(this.patienceMs);
    const left = new Map(partitions.map((each) => [nameOf(each), each]));
    while (left.size > 0) {
      const { answers, failures } = await this.round([...left.values()], ask);
      for (const answer of answers) {
        const { error } = answer;
        const progress = error === 0 ? take(answer) : brokerError(`A request for ${nameOf(answer)}`, error);
        if (progress instanceof LogError) failures.push(progress);
        else patience.renew();
        if (progress === 'done') left.delete(nameOf(answer));
      }
      if (failures.length === 0) continue;
      this.map = undefined;
      await patience.bear(failures.find((each) => !(each as LogError).retryable) ?? failures[0]);
    }
  }

  /** Asks the coordinator of a group. `errorOf` finds the error that an answer carries. */
  coordinated<Answer>(
    group: string,
    request: Request<Answer>,
    errorOf: (answer: Answer) => number,
  ): Promise<Answer> {
    return this.patiently(async () => {
      const { error, address } = await this.anyone(findCoordinator(group));
      if (error !== 0) throw brokerError(`The coordinator of ${group}`, error);
      const answer = await this.connection(address).request(request);
      if (errorOf(answer) !== 0) throw brokerError(`A request about ${group}`, errorOf(answer));
      return answer;
    });
  }

  /** Ends what is under way: it fails as CLOSED. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private async round<Answer>(
    partitions: readonly TopicPartition[],
    ask: (some: readonly TopicPartition[]) => Request<Answer[]>,
  ): Promise<{ answers: Answer[]; failures: unknown[] }> {
    const failures: unknown[] = [];
    const attempt = async (leader: Address | undefined, some: readonly TopicPartition[]) => {
      try {
        if (leader) return await this.connection(leader).request(ask(some));
        failures.push(brokerError(`The leader of ${some.map(nameOf).join(', ')}`, 5));
      } catch (failure) {
        failures.push(failure);
      }
      return [];
    };
    try {
      const byLeader = await this.byLeader(partitions);
      const answers = await Promise.all([...byLeader].map(([leader, some]) => attempt(leader, some)));
      return { answers: answers.flat(), failures };
    } catch (failure) {
      return { answers: [], failures: [failure] };
    }
  }

  private async byLeader(partitions: readonly TopicPartition[]) {
    const { brokers, topics } = await this.metadata([...new Set(partitions.map(({ topic }) => topic))]);
    return Map.groupBy(partitions, ({ topic, partition }) =>
      brokers.get(topics.get(topic)?.leaders[partition] ?? -1),
    );
  }

  private async metadata(topics: readonly string[]): Promise<ClusterMap> {
    const known = this.map;
    if (known && topics.every((topic) => known.topics.get(topic)?.error === 0)) return known;
    return (this.map = await this.anyone(metadata([...this.topics])));
  }

  /** Any broker will do: each call that fails moves on to the next one. */
  private async anyone<Answer>(request: Request<Answer>): Promise<Answer> {
    const brokers = [...this.bootstrap, ...(this.map?.brokers.values() ?? [])];
    const broker = brokers[this.turn % brokers.length] as Address;
    try {
      return await this.connection(broker).request(request);
    } catch (failure) {
      this.turn++;
      throw failure;
    }
  }

  private async patiently<T>(question: () => Promise<T>): Promise<T> {
    for (const patience = new Patience(this.patienceMs); ;) {
      try {
        return await question();
      } catch (failure) {
        await patience.bear(failure);
        this.map = undefined;
      }
    }
  }

  private connection(address: Address): Connection {
    if (this.isClosed)
      throw new LogError('CLOSED', 'The reader was closed: make another one', { retryable: false });
    const name = `${address.host}:${address.port}`;
    const known = this.connections.get(name);
    if (known && !known.closed) return known;
    const connection = new Connection(address, this.requestTimeoutMs);
    this.connections.set(name, connection);
    return connection;
  }
}

export const nameOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`;
