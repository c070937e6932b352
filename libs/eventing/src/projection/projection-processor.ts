import { sql } from 'kysely';
import type { Received } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { deadLetter } from '../failures/dead-letter.ts';
import { open, type Opened } from '../handlers/inbox.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Failpoint } from '../kafka/failpoints.ts';
import type { GroupMember } from '../kafka/group-member.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import type { Batch } from '../kafka/partition-feed.ts';
import type { Processor } from '../kafka/partition-worker.ts';
import { refuseOutside } from '../kafka/positions.ts';
import type { ConsumedRecord } from '../kafka/record.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import {
  type AnyDatabase,
  type AnyTransaction,
  movePosition,
  type ProjectedPartition,
  storedPosition,
} from './positions-table.ts';
import { runsOf } from './runs.ts';

/** Writes the rows of some events of one type. */
export type Projector = (events: readonly Received[], rows: AnyTransaction) => Promise<void>;

/** How one batch moves the position, and what is called when its rows are written. */
interface Step {
  readonly from: bigint;
  readonly to: bigint;
  readonly handled: () => void;
}

/**
 * Exactly-once into Postgres without a Kafka transaction: the rows of a batch and the position after it are one
 * database transaction, which compares the position before it moves it. The database is the truth about where
 * the projection stands, so a group offset is never read.
 */
export class ProjectionProcessor implements Processor {
  private readonly client: KafkaClient;
  private readonly member: GroupMember;
  private readonly database: AnyDatabase;
  private readonly codec: MessageCodec;
  private readonly projectors: ReadonlyMap<string, Projector>;
  private readonly at: ProjectedPartition;
  private readonly deadLetters: LogAppender;
  private readonly failpoint: Failpoint;
  private position = 0n;

  constructor(
    client: KafkaClient,
    member: GroupMember,
    database: AnyDatabase,
    codec: MessageCodec,
    projectors: ReadonlyMap<string, Projector>,
    at: ProjectedPartition,
    failpoint: Failpoint = async () => undefined,
  ) {
    this.client = client;
    this.member = member;
    this.database = database;
    this.codec = codec;
    this.projectors = projectors;
    this.at = at;
    this.deadLetters = new LogAppender(client);
    this.failpoint = failpoint;
  }

  async assign(signal: AbortSignal): Promise<bigint> {
    const { projection, topic, partition } = this.at;
    await this.member.confirmOwnership(topic, partition, signal);
    this.position = await storedPosition(this.database, this.at);
    await refuseOutside(
      this.client,
      `The projection ${projection} stands at`,
      topic,
      partition,
      this.position,
      signal,
    );
    return this.position;
  }

  async process(
    { records, nextOffset }: Batch,
    _: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    // Kept from here on: a run that was given up must not go by the position of the one that came after it.
    const step = { from: this.position, to: nextOffset, handled };
    const opened = await open(this.codec, records, (type) => this.projectors.has(type));
    try {
      await this.project(opened, step, false);
    } catch (error) {
      if (classify(error, 'fatal') !== 'fatal') throw error;
      await this.project(opened, step, true);
    }
    this.position = nextOffset;
    return [];
  }

  async abandon(): Promise<void> {
    // The database rolls back by itself.
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** `carefully`: each event behind a savepoint of its own, so that one that cannot be written does not stop the others. */
  private async project(
    opened: readonly Opened[],
    { from, to, handled }: Step,
    carefully: boolean,
  ): Promise<void> {
    await this.database.transaction().execute(async (rows) => {
      await movePosition(rows, this.at, from, to);
      if (carefully) for (const one of opened) await this.projectOne(one, rows);
      else await this.projectRuns(opened, rows);
      // Throws when this run was given up meanwhile, and the transaction is rolled back.
      handled();
      await this.failpoint('before-rows-commit');
    });
    await this.failpoint('after-rows-commit');
  }

  private async projectRuns(opened: readonly Opened[], rows: AnyTransaction): Promise<void> {
    const events = opened.map((one) => {
      if ('error' in one) throw one.error;
      return one.message;
    });
    for (const run of runsOf(events)) await this.projectors.get(run.type)?.(run.events, rows);
  }

  private async projectOne(one: Opened, rows: AnyTransaction): Promise<void> {
    if ('error' in one) return this.giveUp(one, one.error);
    await sql`savepoint event`.execute(rows);
    try {
      await this.projectors.get(one.message.type)?.([one.message], rows);
      await sql`release savepoint event`.execute(rows);
    } catch (error) {
      if (classify(error, 'fatal') !== 'fatal') throw error;
      await sql`rollback to savepoint event`.execute(rows);
      await this.giveUp(one, error);
    }
  }

  private async giveUp({ record }: Opened, error: unknown): Promise<void> {
    const handler = `${this.at.projection} ${record.topic}`;
    await this.deadLetters.append(
      deadLetter(record, { group: this.at.projection, handler, attempts: 1, error }),
    );
  }
}
