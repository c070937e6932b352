import { type AnyDecider, evolve, type Message, type Received, redriveTopic } from '@atelier/eventing/domain';
import { originalOf, readFailure } from '@atelier/eventing/failures';
import { GroupConsumer, TransactionalProcessor } from '@atelier/eventing/engine';
import {
  createPositions,
  createTopics,
  KafkaClient,
  LogAppender,
  KafkaCluster,
} from '@atelier/eventing/kafka';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { ConfluentRegistry, MessageCodec, registerSchemas, toMetadata } from '@atelier/eventing/serde';
import { redriveCopy } from '../../libs/eventing/src/failures/copies.ts';
import { RecordBuilder } from '../../libs/eventing/src/serde/record-builder.ts';
import { writeAsLibrary } from '../../libs/eventing/src/testing/written-by-library.ts';
import { readAll } from '../harness/read-all.ts';
import { GROUPS, OrderHandlers } from './order-handlers.ts';
import { ScratchContracts } from './scratch-contracts.ts';

const TOPICS = [
  'orders.commands',
  'orders.events',
  'inventory.commands',
  'inventory.events',
  'dead-letters.commands',
];

export interface FlowParts {
  /** Of all topics and groups; nobody else has it. */
  readonly name: string;
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly directory: string;
}

/** The journey of orders on a broker: the platform's deciders and policies, in this process, under names of their own. */
export class OrderFlow {
  readonly handlers: OrderHandlers;
  private readonly scratch: ScratchContracts;
  private readonly client: KafkaClient;
  private readonly appender: LogAppender;
  private readonly codec: MessageCodec;
  private readonly builder: RecordBuilder;
  private readonly consumers = new Map<string, GroupConsumer>();

  constructor({ name, brokers, registryUrl, directory }: FlowParts) {
    this.scratch = new ScratchContracts(name, { topics: TOPICS, groups: GROUPS });
    this.client = new KafkaClient({ brokers, clientId: name });
    this.appender = new LogAppender(this.client);
    this.codec = new MessageCodec(new ConfluentRegistry(registryUrl), this.scratch.contracts);
    this.builder = new RecordBuilder(this.codec, this.scratch.catalogue, 'spec');
    this.handlers = new OrderHandlers(this.scratch, this.codec, this.builder, directory);
  }

  /** Deploys what it needs, and starts all groups. */
  async start(registryUrl: string): Promise<void> {
    const { contracts, catalogue } = this.scratch;
    await registerSchemas(registryUrl, contracts, () => 'FULL_TRANSITIVE');
    await createTopics(this.client, catalogue.topics, { factor: 1, minInSync: 1 });
    await createPositions(this.client, catalogue);
    await this.codec.ready();
    for (const group of GROUPS) this.run(group);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
    await this.client.close();
  }

  /** As if its service was started again. */
  async restart(group: string): Promise<void> {
    await this.consumers.get(group)?.stop();
    this.run(group);
  }

  async tell(command: Message, id: string): Promise<void> {
    await this.appender.append(this.builder.record(command, { id, time: Date.now(), correlationId: id }));
  }

  partitionOf(topic: string, key: string): number {
    return this.builder.partitionOf(this.scratch.name(topic), key);
  }

  /** What a topic of the platform holds; the messages of one key in their order. */
  async messages(topic: string): Promise<Received[]> {
    const records = await readAll(this.client, this.scratch.name(topic));
    await this.codec.prepare(records.map(({ value }) => value));
    return records.map((record) => ({ ...this.codec.decode(record.value), metadata: toMetadata(record) }));
  }

  /** The records on a topic that the group has of its own. */
  side(of: typeof redriveTopic, group: string, topic: string): Promise<ConsumedRecord[]> {
    return readAll(this.client, of(this.scratch.name(group), this.scratch.name(topic)));
  }

  /** Gives a dead letter back to its group, as the redriver does. */
  async redrive(letter: ConsumedRecord): Promise<void> {
    const failure = readFailure(letter.headers);
    if (!failure) throw new Error('This record is no dead letter');
    const original = originalOf(letter);
    const topic = redriveTopic(failure.group, original.topic);
    await writeAsLibrary(this.client, [redriveCopy(original, failure, { topic, since: Date.now() })]);
  }

  /** The states that the events of a decider lead to, by the ids of its aggregates. */
  async states<State>(rules: AnyDecider): Promise<Map<string, State>> {
    const states = new Map<string, unknown>();
    for (const event of await this.messages(rules.events.topic)) {
      const { subject } = event.metadata;
      states.set(subject, evolve(rules, states.get(subject) ?? rules.initial, event));
    }
    return states as Map<string, State>;
  }

  private run(own: string): void {
    const { group, topics } = this.scratch.group(own);
    const consumer = new GroupConsumer(new KafkaCluster(this.client.sibling(group)), {
      group,
      topics,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      processor: (assigned, member) => {
        const client = this.client.sibling(`${group}-${assigned.partition}`);
        const handler = this.handlers.of(own, assigned.partition);
        return new TransactionalProcessor(new KafkaCluster(client), member, handler, { group, ...assigned });
      },
    });
    this.consumers.set(own, consumer);
    consumer.start();
  }
}
