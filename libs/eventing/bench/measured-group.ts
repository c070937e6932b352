import type { AnyDecider, Catalogue, Contract, GroupSpec, TopicSpec } from '../src/domain/index.ts';
import { withSideTopics } from '../src/domain/index.ts';
import type { ProducerOptions } from '../src/engine/ports/cluster.ts';
import type { Producer, TransactionPart } from '../src/engine/ports/transactions.ts';
import type { KafkaClient } from '../src/kafka/client/client.ts';
import { KafkaCluster } from '../src/kafka/kafka-cluster.ts';
import { createPositions, createTopics } from '../src/kafka/topics/topics.ts';
import type { SchemaRegistry } from '../src/serde/schema-registry.ts';
import { MessageCodec } from '../src/serde/message-codec.ts';
import type { GroupHost, HostProcess } from '../src/testing/group-host.ts';
import { systemClock } from '../src/time/system-clock.ts';

const REPLICATION = { factor: 1, minInSync: 1 };

/** A cluster that sees what is committed. */
class MeasuredCluster extends KafkaCluster {
  transactions = 0;
  /** By partition of the source: the group's next offset. */
  readonly positions = new Map<number, bigint>();
  moved: () => void = () => undefined;

  override producer(options: ProducerOptions): Producer {
    const producer = super.producer(options);
    return {
      fence: (signal) => producer.fence(signal),
      settled: () => producer.settled(),
      abandon: () => producer.abandon(),
      get unmarked() {
        return producer.unmarked;
      },
      transact: async (parts) => {
        const offsets = await producer.transact(parts);
        this.note(parts);
        return offsets;
      },
    };
  }

  private note(parts: readonly TransactionPart[]): void {
    this.transactions++;
    for (const { position } of parts) this.positions.set(position.partition, position.offset);
    this.moved();
  }
}

/** Where one decider runs, as in a service: real brokers, a state on disk; only its schemas are in this process. */
export class MeasuredHost implements GroupHost {
  readonly cluster: MeasuredCluster;
  readonly codec: MessageCodec;
  readonly contracts: readonly Contract[];
  private readonly client: KafkaClient;
  private readonly topics: readonly TopicSpec[];

  constructor(client: KafkaClient, registry: SchemaRegistry, rules: AnyDecider, partitions: number) {
    this.client = client;
    this.cluster = new MeasuredCluster(client);
    this.contracts = [rules.commands, rules.events];
    this.codec = new MessageCodec(registry, this.contracts, systemClock);
    this.topics = this.contracts.map(({ topic }) => topicOf(topic, partitions));
  }

  catalogueWith(spec: GroupSpec): Catalogue {
    return withSideTopics(this.topics, [spec]);
  }

  async deploy(spec: GroupSpec): Promise<void> {
    const catalogue = this.catalogueWith(spec);
    await createTopics(this.client, catalogue.topics, REPLICATION);
    await createPositions(this.client, catalogue, [spec.group]);
  }

  process(): HostProcess {
    return {
      cluster: this.cluster,
      mortal: (failpoint) => failpoint,
      kill: () => {
        throw new Error('Nobody kills what is measured');
      },
      bury: () => undefined,
    };
  }

  /** Resolves when the group stands at these offsets, by partition of its source. */
  async reached(ends: readonly bigint[]): Promise<void> {
    const { cluster } = this;
    const isThere = () => ends.every((end, partition) => (cluster.positions.get(partition) ?? 0n) >= end);
    while (!isThere()) await new Promise<void>((resolve) => (cluster.moved = resolve));
  }

  run<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  joined(): void {
    // Nobody waits for it to be idle.
  }

  left(): void {
    // See above.
  }

  ended(): void {
    // Nothing can be asked for.
  }
}

export const topicOf = (name: string, partitions: number): TopicSpec => ({
  name,
  partitions,
  retentionMs: name.endsWith('.commands') ? 7 * 86_400_000 : -1,
  maxMessageBytes: 1_048_588,
  writers: [],
});
