import { InventoryEvents, OrdersEvents } from '@atelier/contracts';
import {
  CommandPublisher,
  EventTail,
  LogPositions,
  type LoggedEvent,
  type LogPosition,
  PublishError,
  type PublishOptions,
} from '@atelier/eventing';
import { type AnyDecider, decide, type Delayed, evolve, type Message } from '@atelier/eventing/domain';
import { derivedId, partitionOf } from '@atelier/eventing/serde';
import { Kysely, PostgresDialect } from 'kysely';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { deadLetter } from '../../apps/dead-letters/src/dead-letter.decider.ts';
import { FollowCanaryPolicy } from '../../apps/dead-letters/src/follow-canary.policy.ts';
import { redriveJob } from '../../apps/dead-letters/src/redrive-job.decider.ts';
import { RunRedriveJobPolicy } from '../../apps/dead-letters/src/run-redrive-job.policy.ts';
import { ReserveStockPolicy } from '../../apps/inventory/src/reserve-stock.policy.ts';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import { order } from '../../apps/orders/src/order.decider.ts';
import { RecordReservationPolicy } from '../../apps/orders/src/record-reservation.policy.ts';
import { transaction } from '../../apps/transactions/src/transaction.decider.ts';
import { call } from './call-handler.ts';
import { InProcessDeadLetters } from './in-process-dead-letters.ts';
import { InProcessRecords } from './in-process-records.ts';
import { InProcessLog, type Logged, partitions } from './in-process-log.ts';
import { project, projections } from './in-process-projections.ts';

const deciders: readonly AnyDecider[] = [order, stock, deadLetter, redriveJob, transaction];
const policies = [
  new ReserveStockPolicy(),
  new RecordReservationPolicy(),
  new FollowCanaryPolicy(),
  new RunRedriveJobPolicy(),
];

type SendOptions = PublishOptions & { causationId?: string; version?: number };

interface Aggregate {
  state: unknown;
  version: number;
  readonly handled: Map<string, string | undefined>;
}

/**
 * The platform's own deciders, policies and projections on a log in memory and a real Postgres: what a gateway
 * talks to, with parts that can be held up.
 */
export class InProcessPlatform {
  readonly log = new InProcessLog();
  readonly deadLetters = new InProcessDeadLetters();
  readonly records = new InProcessRecords();
  kafkaIsDown = false;
  private readonly held = new Set<string>();
  private readonly committed = new Map<string, bigint>();
  private readonly aggregates = new Map<string, Aggregate>();
  private readonly listeners = new Set<(event: LoggedEvent) => void>();
  private readonly database: Kysely<unknown>;
  private working = Promise.resolve();

  constructor(databaseUrl: string) {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    pool.on('error', () => {});
    this.database = new Kysely({ dialect: new PostgresDialect({ pool }) });
  }

  /** The group handles nothing until it is let go. */
  hold(group: string): void {
    this.held.add(group);
  }

  letGo(group: string): Promise<void> {
    this.held.delete(group);
    return this.work();
  }

  /** Reads the events from the first one on, for rows that are gone. */
  projectAgain(projection: string): Promise<void> {
    for (const position of this.committed.keys())
      if (position.startsWith(`${projection} `)) this.committed.delete(position);
    return this.work();
  }

  /** Sends commands that no client asked for, one after the other; resolves when all that follows is done. */
  tell(...commands: readonly Message[]): Promise<void> {
    for (const command of commands) this.send(command, { id: randomUUID() });
    return this.work();
  }

  /** An event as it may stand in the log from before its decider had the rules of today. */
  happenBefore(event: Message): Promise<void> {
    this.happened(this.send(event, { id: randomUUID(), version: 1 }));
    return this.work();
  }

  async close(): Promise<void> {
    await this.working;
    await this.database.destroy();
  }

  get publisher(): CommandPublisher {
    const publish = (command: Message, options: PublishOptions): Promise<LogPosition> => {
      if (this.kafkaIsDown) {
        return Promise.reject(new PublishError('no broker', 'refused', { retryable: true }));
      }
      const { position } = this.send(command, {
        ...options,
        correlationId: options.correlationId ?? options.id,
      });
      void this.work();
      return Promise.resolve(position);
    };
    return { publish };
  }

  get tail(): EventTail {
    return {
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      positions: () =>
        [OrdersEvents.topic, InventoryEvents.topic].flatMap((topic) =>
          Array.from({ length: partitions }, (_, partition) => ({
            topic,
            partition,
            offset: this.log.nextFetch(topic, partition),
          })),
        ),
    };
  }

  get positions(): LogPositions {
    const answer = (value: bigint) =>
      this.kafkaIsDown ? Promise.reject(new Error('no broker')) : Promise.resolve(value);
    return {
      end: (topic, partition) => answer(this.log.end(topic, partition)),
      committed: (group, topic, partition) =>
        answer(this.committed.get(`${group} ${topic} ${partition}`) ?? 0n),
      partitionOf: (_, key) => partitionOf(key, partitions),
      // Nothing is transactional here.
      heldBack: async () => [],
    };
  }

  private send(message: Message, options: SendOptions): Logged {
    const { topic, key } = typesByName.get(message.type) ?? unknownType(message);
    const subject = String((message.data as Record<string, unknown>)[key]);
    const metadata = { correlationId: options.id, ...options, time: Date.now(), subject, source: 'spec' };
    return this.log.append(topic, message, metadata);
  }

  /** Handles whatever there is to handle, one thing at a time. */
  private work(): Promise<void> {
    this.working = this.working.then(async () => {
      while (deciders.some((rules) => this.decideNext(rules)) || (await this.projectNext()));
    });
    return this.working;
  }

  private decideNext(rules: AnyDecider): boolean {
    if (this.held.has(rules.group)) return false;
    for (let partition = 0; partition < partitions; partition++) {
      const position = `${rules.group} ${rules.commands.topic} ${partition}`;
      const [next] = this.log.from(rules.commands.topic, partition, this.committed.get(position) ?? 0n);
      if (!next) continue;
      this.handle(rules, next);
      this.committed.set(position, next.position.offset + 1n);
      return true;
    }
    return false;
  }

  private handle(rules: AnyDecider, { message: command }: Logged): void {
    const { id, subject, requestHash, correlationId } = command.metadata;
    const aggregate = this.aggregate(rules, subject);
    const isRepeat = aggregate.handled.has(id);
    if (isRepeat && aggregate.handled.get(id) === requestHash) return;
    const decision = isRepeat
      ? [rules.refuseReusedKey?.(command, aggregate.state)].filter((event) => event !== undefined)
      : decide(rules, command, aggregate.state);
    if (!isRepeat) aggregate.handled.set(id, requestHash);
    for (const event of decision) {
      const logged = this.log.append(rules.events.topic, event, {
        id: randomUUID(),
        time: Date.now(),
        subject,
        source: rules.group,
        correlationId,
        causationId: id,
        version: ++aggregate.version,
        ...(requestHash && { requestHash }),
      });
      aggregate.state = evolve(rules, aggregate.state, logged.message);
      this.happened(logged);
    }
  }

  private aggregate(rules: AnyDecider, subject: string): Aggregate {
    const key = `${rules.group} ${subject}`;
    const aggregate = this.aggregates.get(key) ?? { state: rules.initial, version: 0, handled: new Map() };
    this.aggregates.set(key, aggregate);
    return aggregate;
  }

  private happened({ position, message: event }: Logged): void {
    for (const policy of policies) {
      const reaction = call(policy, event.type, event);
      const reactions = (reaction === undefined ? [] : [reaction].flat()) as (Message | Delayed)[];
      // Nothing here waits for what comes later.
      const commands = reactions.filter((command): command is Message => !('delayMs' in command));
      commands.forEach((command, index) => {
        const id = derivedId(event.metadata.id, policy.constructor.name, index);
        this.send(command, {
          id,
          correlationId: event.metadata.correlationId,
          causationId: event.metadata.id,
        });
      });
    }
    for (const listener of this.listeners) listener({ ...position, event });
  }

  private async projectNext(): Promise<boolean> {
    for (const { name, topics, handler } of projections.filter(({ name }) => !this.held.has(name))) {
      for (const topic of topics) {
        for (let partition = 0; partition < partitions; partition++) {
          const position = `${name} ${topic} ${partition}`;
          const [next] = this.log.from(topic, partition, this.committed.get(position) ?? 0n);
          if (!next) continue;
          await project(this.database, name, handler, next);
          this.committed.set(position, next.position.offset + 1n);
          return true;
        }
      }
    }
    return false;
  }
}

const typesByName = new Map(
  deciders
    .flatMap(({ commands, events }) => [commands, events].flatMap(({ types }) => Object.values(types)))
    .map((type) => [type.type, type]),
);

function unknownType({ type }: Message): never {
  throw new Error(`No decider knows the message ${type}`);
}
