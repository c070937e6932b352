import { contracts, InventoryEvents, OrdersEvents } from '@atelier/contracts';
import {
  CommandPublisher,
  EventTail,
  LogPositions,
  type LoggedEvent,
  type LogPosition,
  type PastRecords,
  PublishError,
  type PublishOptions,
} from '@atelier/eventing';
import type { AnyDecider, Message, Received } from '@atelier/eventing/domain';
import { LogTail } from '@atelier/eventing/engine';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { correlatedRecords, messagesAt, messagesIn, partitionOf } from '@atelier/eventing/serde';
import { type GroupUnderTest, runGroup, SpecBroker } from '@atelier/eventing/testing';
import { READ_MODEL } from '@atelier/read-model';
import { Kysely, PostgresDialect, sql } from 'kysely';
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
import { CustomersProjection } from '../../apps/projections/src/customers/customers.projection.ts';
import { DeadLettersProjection } from '../../apps/projections/src/dead-letters/dead-letters.projection.ts';
import { EventLogProjection } from '../../apps/projections/src/event-log/event-log.projection.ts';
import { OrdersProjection } from '../../apps/projections/src/orders/orders.projection.ts';
import { ProductsProjection } from '../../apps/projections/src/products/products.projection.ts';
import { SalesProjection } from '../../apps/projections/src/sales/sales.projection.ts';
import { TransactionsProjection } from '../../apps/projections/src/transactions/transactions.projection.ts';
import { transaction } from '../../apps/transactions/src/transaction.decider.ts';
import { InProcessDeadLetters } from './in-process-dead-letters.ts';
import { InProcessRecords } from './in-process-records.ts';

const PARTITIONS = 6;
const FOLLOWED = [OrdersEvents.topic, InventoryEvents.topic];

/** Whose orders expire is not waited for here. */
const handlers = (): (AnyDecider | object)[] => [
  order,
  stock,
  deadLetter,
  redriveJob,
  transaction,
  new ReserveStockPolicy(),
  new RecordReservationPolicy(),
  new FollowCanaryPolicy(),
  new RunRedriveJobPolicy(),
  new OrdersProjection(),
  new ProductsProjection(),
  new EventLogProjection(),
  new DeadLettersProjection(),
  new TransactionsProjection(),
  new SalesProjection(),
  new CustomersProjection(),
];

/**
 * The platform's own deciders, policies and projections, run by the engine on a broker in memory and a real Postgres: what a
 * gateway talks to, with parts that can be held up.
 */
export class InProcessPlatform {
  readonly deadLetters = new InProcessDeadLetters();
  readonly records = new InProcessRecords();
  kafkaIsDown = false;
  private readonly broker = new SpecBroker(contracts, PARTITIONS);
  private readonly follower = new LogTail(this.broker.cluster);
  private readonly groups = new Map<
    string,
    { readonly handler: object; running: GroupUnderTest | undefined }
  >();
  private readonly listeners = new Set<(event: LoggedEvent) => void>();
  private readonly database: Kysely<unknown>;
  /** One change of the groups after the other. */
  private changing: Promise<void>;

  /** `more`: handlers beside the platform's own. */
  constructor(databaseUrl: string, more: readonly object[] = []) {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 12 });
    pool.on('error', () => {});
    this.database = new Kysely({ dialect: new PostgresDialect({ pool }) });
    this.changing = this.start([...handlers(), ...more]);
  }

  /** The group handles nothing until it is let go. */
  hold(group: string): void {
    this.change(() => this.stop(group));
  }

  async letGo(group: string): Promise<void> {
    this.change(() => this.run(group));
    await this.idle();
  }

  /** Resolves when everything is handled that is not held up. */
  async idle(): Promise<void> {
    await this.changing;
    await this.broker.idle();
  }

  /** Reads the events from the first one on, for rows that are gone. */
  async projectAgain(projection: string): Promise<void> {
    this.change(async () => {
      await this.stop(projection);
      await sql`update read_model.projection_positions set next_offset = 0 where projection = ${projection}`.execute(
        this.database,
      );
      await this.run(projection);
    });
    await this.idle();
  }

  /** Sends commands that no client asked for, one after the other; resolves when all that follows is done. */
  async tell(...commands: readonly Message[]): Promise<void> {
    await this.changing;
    for (const command of commands)
      await this.broker.publish(command, { id: randomUUID(), time: Date.now() });
    await this.idle();
  }

  /** An event as it may stand in the log from before its decider had the rules of today. */
  async happenBefore(event: Message): Promise<void> {
    await this.changing;
    await this.broker.publish(event, { id: randomUUID(), time: Date.now(), version: 1 });
    await this.idle();
  }

  /** Every message of a topic. */
  messages(topic: string): Received[] {
    return this.broker.messages(topic);
  }

  async close(): Promise<void> {
    await this.changing;
    await Promise.all([...this.groups.keys()].map((group) => this.stop(group)));
    await this.follower.stop();
    await this.database.destroy();
  }

  get publisher(): CommandPublisher {
    const publish = async (command: Message, options: PublishOptions): Promise<LogPosition> => {
      if (this.kafkaIsDown) throw new PublishError('no broker', 'refused', { retryable: true });
      await this.changing;
      const correlationId = options.correlationId ?? options.id;
      return this.broker.publish(command, { ...options, correlationId, time: Date.now() });
    };
    return { publish };
  }

  get tail(): EventTail {
    return {
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      positions: () => this.follower.positions(),
    };
  }

  get positions(): LogPositions {
    const { cluster } = this.broker;
    const answer = async (value: () => Promise<bigint>) => {
      if (this.kafkaIsDown) throw new Error('no broker');
      return value();
    };
    return {
      end: (topic, partition) => answer(() => cluster.log.end(topic, partition)),
      committed: (group, topic, partition) =>
        answer(async () => (await cluster.log.position(group, topic, partition)).offset),
      stableEnds: (partitions) =>
        Promise.all(
          partitions.map(async ({ topic, partition }) => {
            const offset = await answer(() => cluster.log.stableEnd(topic, partition));
            return { topic, partition, offset };
          }),
        ),
      writtenAt: (position) => this.writtenAt(position),
      members: async (group) => (this.groups.get(group)?.running ? 1 : 0),
      partitionOf: (_, key) => partitionOf(key, PARTITIONS),
      heldBack: async () => [],
    };
  }

  get past(): PastRecords {
    const { codec, cluster } = this.broker;
    return {
      messagesAt: (at, offsets) => messagesAt(cluster.log, codec, at, offsets, AbortSignal.timeout(300_000)),
      correlated: (at, correlation) =>
        correlatedRecords(cluster.log, at, correlation, AbortSignal.timeout(300_000)),
    };
  }

  private async writtenAt({ topic, partition, offset: from }: LogPosition): Promise<number | undefined> {
    const { log } = this.broker.cluster;
    const to = await log.stableEnd(topic, partition);
    const { signal } = new AbortController();
    for await (const { records } of log.read(topic, partition, { from, to, signal }))
      if (records[0]) return records[0].timestamp;
    return undefined;
  }

  private async start(handled: readonly object[]): Promise<void> {
    await this.follower.start(FOLLOWED, (records) => this.follow(records));
    for (const handler of handled) {
      const running = await this.runHandler(handler);
      this.groups.set(running.group, { handler, running });
    }
  }

  private change(step: () => Promise<void>): void {
    this.changing = this.changing.then(step);
  }

  private runHandler(handler: object): Promise<GroupUnderTest> {
    return runGroup(handler, {
      broker: this.broker,
      database: this.database,
      options: { databaseSchema: READ_MODEL },
    });
  }

  private async run(group: string): Promise<void> {
    const known = this.groups.get(group);
    if (known && !known.running) known.running = await this.runHandler(known.handler);
  }

  private async stop(group: string): Promise<void> {
    const known = this.groups.get(group);
    await known?.running?.stop();
    if (known) known.running = undefined;
  }

  private async follow(records: readonly ConsumedRecord[]): Promise<void> {
    const { codec } = this.broker;
    await codec.prepare(records.map(({ value }) => value));
    for (const record of records) {
      const { topic, partition, offset } = record;
      for (const event of messagesIn(codec, record))
        for (const listener of this.listeners) listener({ topic, partition, offset, event });
    }
  }
}
