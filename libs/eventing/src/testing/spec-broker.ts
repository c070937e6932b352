import {
  type Catalogue,
  type Contract,
  delayTopic,
  type GroupSpec,
  type Message,
  type MessageType,
  type Metadata,
  type Received,
  sideLanes,
  withSideTopics,
} from '../domain/index.ts';
import type { RecordPlace, StoredPosition } from '../log/log.ts';
import { MemoryBroker } from '../memory/memory-broker.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import { decoded } from '../serde/received-records.ts';
import { system } from '../time/system-clock.ts';
import { sleep } from '../time/waiting.ts';
import type { Simulation } from './simulation.ts';
import { EPOCH } from './specification.ts';

/** A group that runs on the broker, as far as the broker has to know it. */
export interface RunningGroup {
  readonly spec: GroupSpec;
  /** Why a worker has stopped for good, if one has. */
  readonly stopped: () => string | undefined;
  /** The next offset that the group will handle. */
  readonly position: (topic: string, partition: number) => Promise<bigint>;
}

/** Milliseconds between two looks at whether everything is handled. */
const LOOK_MS = 1;

/**
 * A broker in memory for specs, which speaks in messages: `publish`, `idle`, `sent`. It has the topics of these contracts, and
 * those of the groups that run on it.
 */
export class SpecBroker {
  readonly cluster: MemoryCluster;
  readonly codec: MessageCodec;
  readonly contracts: readonly Contract[];
  private readonly partitions: number;
  private readonly simulation: Simulation | undefined;
  private readonly groups: RunningGroup[] = [];
  private published = 0;

  /**
   * `partitions`: of each topic; 2 unless given. In a simulation, time passes only while `idle` or `run` is waited for, and what
   * is published comes to those who handle it then.
   */
  constructor(contracts: readonly Contract[], partitions = 2, simulation?: Simulation) {
    this.simulation = simulation;
    this.cluster = new MemoryCluster(new MemoryBroker(simulation ?? system));
    this.contracts = contracts;
    this.partitions = partitions;
    this.codec = new MessageCodec(new MemoryRegistry(), contracts);
    for (const { name } of this.catalogue.topics) this.cluster.broker.topics.create(name, partitions);
  }

  /** The topics of the contracts, and of these groups. */
  catalogueWith(groups: readonly GroupSpec[]): Catalogue {
    const names = this.contracts.flatMap(({ topic }) => [topic, delayTopic(topic)]);
    const topics = names.map((name) => ({
      name,
      partitions: this.partitions,
      retentionMs: -1,
      maxMessageBytes: 1_048_588,
      writers: [],
    }));
    return withSideTopics(topics, groups);
  }

  get catalogue(): Catalogue {
    return this.catalogueWith(this.groups.map(({ spec }) => spec));
  }

  /** The group stands at the beginning of each of its topics. Those beside them are made. */
  deploy(spec: GroupSpec): void {
    const { broker } = this.cluster;
    for (const { name } of this.catalogueWith([spec]).topics) broker.topics.create(name, this.partitions);
    for (const source of spec.topics)
      for (const topic of [source, ...sideLanes(spec, source)])
        for (const { partition } of broker.topics.topic(topic).partitions)
          if (isNew(broker.group(spec.group).position({ topic, partition })))
            broker.begin(spec.group, { topic, partition });
  }

  joined(group: RunningGroup): void {
    this.groups.push(group);
  }

  left(group: RunningGroup): void {
    this.groups.splice(this.groups.indexOf(group), 1);
  }

  /** A command, or an event as its decider would have it. What is not given of its metadata is the same in each run. Answers its place. */
  async publish(message: Message, metadata: Partial<Metadata> = {}): Promise<RecordPlace> {
    await this.codec.ready();
    const id = `spec-${++this.published}`;
    const builder = new RecordBuilder(this.codec, this.catalogue, 'spec');
    const defaults = { id, time: EPOCH, correlationId: metadata.id ?? id };
    const record = builder.record(message, { ...defaults, ...metadata });
    const { topic, partition } = record;
    return { topic, partition, offset: this.cluster.broker.append(record) };
  }

  /** Every message of this type that was committed when the broker was idle, partition by partition. */
  sent<M extends Message>(type: MessageType<M>): Received<M>[] {
    return this.messages(type.topic).filter((message): message is Received<M> => message.type === type.type);
  }

  /** What was given up of a topic by a group, with its headers. */
  deadLetters(group: string, topic: string) {
    return this.records(`${group}.${topic}.dlq`);
  }

  /** Resolves when all groups have handled everything and nothing is open. Throws when one of them has stopped. */
  async idle(): Promise<void> {
    while (!(await this.isIdle())) await this.step();
    for (const { topic } of this.contracts)
      await this.codec.prepare(this.records(topic).map(({ value }) => value));
  }

  /** Waits for something that groups do. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.simulation ? this.simulation.clock.run(work) : work;
  }

  /** Lets so much time pass. */
  pass(ms: number): Promise<void> {
    return this.run(sleep(this.cluster.clock, ms));
  }

  private step(): Promise<void> {
    return this.simulation ? this.simulation.clock.step() : sleep(this.cluster.clock, LOOK_MS);
  }

  private async isIdle(): Promise<boolean> {
    for (const { stopped } of this.groups) {
      const reason = stopped();
      if (reason !== undefined) throw new Error(reason);
    }
    const { broker } = this.cluster;
    if (broker.transactions.isBusy()) return false;
    for (const { spec, position } of this.groups)
      for (const source of spec.topics)
        for (const topic of [source, ...sideLanes(spec, source)])
          for (const at of broker.topics.topic(topic).partitions)
            if ((await position(topic, at.partition)) < at.highWatermark) return false;
    return true;
  }

  /** Every message of a topic that was committed when the broker was idle, partition by partition. */
  messages(topic: string): Received[] {
    return this.records(topic).map((record) => decoded(this.codec, record));
  }

  private records(topic: string) {
    return this.cluster.broker.topics
      .topic(topic)
      .partitions.flatMap((partition) => partition.read(0n, partition.lastStableOffset));
  }
}

/** A group that was here before goes on where it stood. */
const isNew = (position: StoredPosition | undefined) => position !== undefined && position.offset < 0n;
