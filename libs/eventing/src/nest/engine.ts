import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import type { Cluster } from '../engine/ports/cluster.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Catalogue, loggedFields, MAX_BATCH_BYTES, serviceOf } from '../domain/index.ts';
import type { Performance } from '../engine/groups/effect-handler.ts';
import { DependencyOutages } from '../failures/outages.ts';
import { KafkaClient } from '../kafka/client/client.ts';
import { CommitCycles } from '../engine/commits/commit-cycles.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import type { GroupProcess } from '../engine/guarantee.ts';
import { MemoryBudget } from '../engine/worker/memory-budget.ts';
import { systemClock } from '../time/system-clock.ts';
import { within } from '../time/waiting.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { EngineHealth } from './health.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';
import { consumerLog } from './consumer-log.ts';
import { consumerOf } from './consumer-of.ts';
import { describePlans, type Plan } from './plan.ts';
import { Plans } from './plans.ts';
import type { HandledGroup, HandledGroups } from './ports.ts';
import { stoppedBy } from './stopped-by.ts';
import { TopicWatch } from './topic-watch.ts';
import { lockDirectory } from '../state/exclusive-directory.ts';

/** Milliseconds for the connections to close, once the consumers were stopped. */
const CLOSING_MS = 300;

/** All groups that processes of this service share among them. */
const groupsOf = ({ catalogue, service }: EventingOptions) =>
  catalogue.groups.filter((spec) => serviceOf(spec) === service).map(({ group }) => group);

/** Starts and stops the consumer groups of a service, and holds what they share. */
@Injectable()
export class Engine implements HandledGroups {
  readonly client: KafkaClient;
  private readonly cluster: Cluster;
  private readonly committing: Cluster;
  /** What all workers share. */
  private readonly process: GroupProcess;
  readonly codec: MessageCodec;
  private readonly options: EventingOptions;
  private readonly plans: Plans;
  private readonly health: EngineHealth;
  private readonly open: OpenTransactionWatch;
  private readonly budget: MemoryBudget;
  private readonly outages = new DependencyOutages(systemClock);
  private readonly topics = new TopicWatch();
  private readonly logger = new Logger('Eventing');
  private readonly stopping = new AbortController();
  private consumers: readonly GroupConsumer[] = [];
  private unlock: (() => void) | undefined;
  private schemas: Promise<void> | undefined;

  constructor(
    @Inject(EVENTING_OPTIONS) options: EventingOptions,
    plans: Plans,
    health: EngineHealth,
    open: OpenTransactionWatch,
  ) {
    this.open = open;
    this.options = options;
    this.plans = plans;
    this.health = health;
    this.budget = new MemoryBudget(options.bufferBytes);
    const { maxBatchBytes = MAX_BATCH_BYTES } = options.catalogue;
    this.client = new KafkaClient({ ...options.kafka, clientId: options.instance, maxBatchBytes });
    this.cluster = new KafkaCluster(this.client);
    this.committing = this.cluster.apart('transactions');
    this.process = {
      cluster: this.cluster.apart('work'),
      transactions: new CommitCycles(this.committing, {
        service: options.service,
        instance: options.instance,
        groups: groupsOf(options),
        report: (error) => this.logger.warn(error.message, ...loggedFields(error)),
        ...(options.failpoint && { failpoint: options.failpoint }),
      }),
    };
    this.codec = new MessageCodec(
      new ConfluentRegistry(options.registryUrl),
      options.contracts,
      this.cluster.clock,
    );
  }

  get catalogue(): Catalogue {
    return this.options.catalogue;
  }

  /** The groups of this service, as they are printed at boot; nothing needs to run. */
  describe(): readonly HandledGroup[] {
    return this.planned(() => async () => undefined).map(
      ({ group, kind, topics, handles, guarantee, onFailure }) => ({
        group,
        kind,
        topics,
        handles,
        guarantee,
        onFailure,
      }),
    );
  }

  /** Resolves when the consumers were started. Waits for brokers and registry; refuses what was not deployed. */
  async start(performance: (group: string, type: string) => Performance): Promise<void> {
    const plans = this.planned(performance);
    for (const line of describePlans(plans)) this.logger.log(line);
    if (this.options.stateDir) this.unlock = lockDirectory(this.options.stateDir);
    await this.watchTopics(plans);
    await this.ready();
    if (this.stopping.signal.aborted) return;
    this.consumers = plans.map((plan) => this.consumer(plan));
    for (const consumer of this.consumers) consumer.start();
    this.health.watch(this.consumers, this.outages);
    this.open.watch(this.client, () => this.consumers.flatMap(({ status }) => status.heldBack));
  }

  /** Resolves when the schemas that this service writes with are known. */
  ready(): Promise<void> {
    this.schemas ??= this.untilAvailable('the schema registry', () => this.codec.ready());
    return this.schemas;
  }

  /** Resolves within 11 seconds. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.open.stop();
    this.topics.stop();
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    this.consumers = [];
    await this.process.transactions.close();
    const all = [this.client, this.process.cluster, this.committing];
    await within(systemClock, CLOSING_MS, Promise.all(all.map((each) => each.close())));
    this.unlock?.();
  }

  private planned(performance: (group: string, type: string) => Performance): Plan[] {
    return this.plans.make({ ...this.process, codec: this.codec, performance });
  }

  private consumer(plan: Plan): GroupConsumer {
    const log = consumerLog(this.logger);
    const { budget, outages } = this;
    return consumerOf(plan, this.cluster, { ...this.options, log, budget, outages });
  }

  /** Whether somebody repairs the topics, or deploys them, is seen at the next try: nobody has to start this process again. */
  private async watchTopics(plans: readonly Plan[]): Promise<void> {
    const { catalogue } = this.options;
    const stops = stoppedBy(this.options, plans);
    this.health.watchTopics(() => this.topics.detail);
    await this.untilAvailable('Kafka', () => this.topics.start(this.client, catalogue, stops));
    await this.untilAvailable('topics', () => this.topics.check(this.client, catalogue));
  }

  /** Repeats what a dependency that is down makes fail; anything else is for the operator. */
  private async untilAvailable(what: string, attempt: () => Promise<void>): Promise<void> {
    for (let delay = 100; !this.stopping.signal.aborted; delay = Math.min(delay * 2, 5_000)) {
      try {
        return await attempt();
      } catch (error) {
        if ((error as { retryable?: boolean }).retryable !== true) throw error;
        this.health.starting(`${what}: ${(error as Error).message}`);
        if (delay > 1_000)
          this.logger.warn(`Waiting for ${what}: ${(error as Error).message}`, ...loggedFields(error));
        await sleep(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }
}
