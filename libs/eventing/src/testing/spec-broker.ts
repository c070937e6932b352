import {
  type Catalogue,
  type Contract,
  deadLetterTopic,
  delayTopic,
  type GroupSpec,
  type Message,
  type MessageType,
  type Metadata,
  parkedTopic,
  type Received,
  retryTopic,
  sideLanes,
  type TopicSpec,
  withSideTopics,
} from '../domain/index.ts';
import type { RecordPlace, StoredPosition } from '../log/log.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { MemoryBroker } from '../memory/memory-broker.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { MemoryProcess } from '../memory/memory-process.ts';
import { MemoryRegistry } from '../memory/memory-registry.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import { messagesIn } from '../serde/received-records.ts';
import { sleep } from '../time/waiting.ts';
import type { GroupHost, HostProcess, RunningGroup } from './group-host.ts';
import { Idleness, IN_SIMULATED_TIME, ON_THE_MACHINE } from './idleness.ts';
import type { Simulation } from './simulation.ts';
import { SpecFaults } from './spec-faults.ts';
import { EPOCH } from './specification.ts';

/** Milliseconds between two looks at whether everything is handled. */
const LOOK_MS = 1;
const LIMIT_BYTES = 1_048_588;
/** Longer than any spec: what happens in one happens at a fixed moment, which may be long ago. */
const ALWAYS_MS = Number.MAX_SAFE_INTEGER;

/**
 * A broker in memory for specs, which speaks in messages: `publish`, `idle`, `sent`. It has the topics of these contracts, and
 * those of the groups that run on it. What goes wrong on clusters can be asked for: see `faults`.
 */
export class SpecBroker implements GroupHost {
  readonly cluster: MemoryCluster;
  readonly registry = new MemoryRegistry();
  readonly faults: SpecFaults;
  readonly codec: MessageCodec;
  readonly contracts: readonly Contract[];
  private readonly partitions: number;
  private readonly simulation: Simulation | undefined;
  private readonly deployed = new Map<string, GroupSpec>();
  private readonly running: RunningGroup[] = [];
  /** Groups that were started, and have not ended. */
  private readonly alive = new Set<RunningGroup>();
  private published = 0;

  /**
   * `partitions`: of each topic; 2 unless given. In a simulation, time passes only while `idle`, `run` or `pass` is waited for, and
   * what is published comes to those who handle it then.
   */
  constructor(contracts: readonly Contract[], partitions = 2, simulation?: Simulation) {
    this.simulation = simulation;
    this.cluster = new MemoryCluster(new MemoryBroker(simulation));
    this.faults = new SpecFaults(this.cluster.broker, this.registry, (group) => this.idsOf(group));
    this.contracts = contracts;
    this.partitions = partitions;
    this.codec = new MessageCodec(this.registry, contracts, this.cluster.clock);
    this.create(this.topics());
  }

  catalogueWith(spec: GroupSpec): Catalogue {
    const others = [...this.deployed.values()].filter(({ group }) => group !== spec.group);
    return withSideTopics(this.topics(spec), [spec, ...others]);
  }

  get catalogue(): Catalogue {
    return withSideTopics(this.topics(), [...this.deployed.values()]);
  }

  async deploy(spec: GroupSpec): Promise<void> {
    const { broker } = this.cluster;
    this.create(this.catalogueWith(spec).topics);
    // To others it belongs to another service, which has it as they see it.
    this.deployed.set(spec.group, { ...spec, service: `the service of ${spec.group}` });
    for (const source of spec.topics)
      for (const topic of [source, ...sideLanes(spec, source)])
        for (const { partition } of broker.topics.topic(topic).partitions)
          if (isNew(broker.group(spec.group).position({ topic, partition })))
            broker.begin(spec.group, { topic, partition });
  }

  process(): HostProcess {
    const process = new MemoryProcess(this.cluster.broker);
    return {
      cluster: process,
      mortal: (failpoint) => process.mortalFailpoint(failpoint),
      kill: () => process.kill(),
      bury: () => process.bury(),
    };
  }

  joined(group: RunningGroup): void {
    this.alive.add(group);
    this.running.push(group);
  }

  left(group: RunningGroup): void {
    const index = this.running.indexOf(group);
    if (index >= 0) this.running.splice(index, 1);
  }

  ended(group: RunningGroup): void {
    if (this.alive.delete(group) && this.alive.size === 0) this.faults.verify();
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

  /** Every message of a topic that was committed when the broker was idle, partition by partition. */
  messages(topic: string): Received[] {
    return this.records(topic).flatMap((record) => messagesIn(this.codec, record));
  }

  /** What was given up of a topic by a group, with its headers. */
  deadLetters(group: string, topic: string): ConsumedRecord[] {
    return this.records(deadLetterTopic(group, topic));
  }

  /** What the group has put off, after its n-th delay (from 1): all that it ever was. */
  retries(group: string, topic: string, n = 1): ConsumedRecord[] {
    return this.records(retryTopic(group, topic, n));
  }

  /** The keys whose records wait behind a dead letter. Of a projection they are in its database. */
  parked(group: string, topic: string): string[] {
    const marks = this.records(parkedTopic(group, topic));
    const last = new Map(marks.map(({ key, value }) => [String(key), value]));
    return [...last].filter(([, value]) => value !== null).map(([key]) => key);
  }

  /**
   * Resolves when all groups have handled everything and nothing is open. Throws when one of them has stopped, or when nothing has
   * changed for so many milliseconds, a minute unless given, and four hours of simulated time: with what still stands there. A
   * retry that comes later than that needs more.
   */
  async idle(patienceMs?: number): Promise<void> {
    const patience = this.simulation ? IN_SIMULATED_TIME : ON_THE_MACHINE;
    const ms = patienceMs ?? patience.ms;
    const idleness = new Idleness(this.cluster.broker, this.running, { ...patience, ms });
    try {
      while (!(await idleness.isIdle())) await this.step();
    } finally {
      idleness.close();
    }
    for (const { topic } of this.contracts)
      await this.codec.prepare(this.records(topic).map(({ value, broken }) => (broken ? null : value)));
  }

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

  /** Those of the processes that run it: `<service>.<group>/<instance>`. Throws when nobody has deployed the group. */
  private idsOf(group: string): readonly string[] {
    if (!this.deployed.has(group))
      throw new Error(
        `No group ${group} is known here; known are: ${[...this.deployed.keys()].join(', ') || 'none'}`,
      );
    return this.cluster.broker.transactions.ids.filter((id) => id.includes(`.${group}/`));
  }

  private topics(spec?: GroupSpec): TopicSpec[] {
    const { partitions } = this;
    const names = this.contracts.flatMap(({ topic }) => [topic, delayTopic(topic)]);
    const decided = spec?.kind === 'decider' ? spec.topics : [];
    return names.map((name) => {
      const retentionMs = decided.includes(name) ? ALWAYS_MS : -1;
      return { name, partitions, retentionMs, maxMessageBytes: LIMIT_BYTES, writers: [] };
    });
  }

  private create(topics: readonly TopicSpec[]): void {
    for (const { name, partitions, maxMessageBytes } of topics)
      this.cluster.broker.topics.create(name, partitions, maxMessageBytes);
  }

  private records(topic: string): ConsumedRecord[] {
    return this.cluster.broker.topics
      .topic(topic)
      .partitions.flatMap((partition) => partition.read(0n, partition.lastStableOffset));
  }
}

/** A group that was here before goes on where it stood. */
const isNew = (position: StoredPosition | undefined) => position !== undefined && position.offset < 0n;
