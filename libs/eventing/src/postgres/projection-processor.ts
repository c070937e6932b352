import type { Cluster } from '../engine/ports/cluster.ts';
import type { CommitCycles } from '../engine/commits/commit-cycles.ts';
import type { Member, Membership } from '../engine/ports/membership.ts';
import { refuseOutside } from '../log/trusted-position.ts';
import { redriveTopic } from '../domain/index.ts';
import { classify, outageOf } from '../failures/classification.ts';
import { ParkedKeys } from '../failures/parked-keys.ts';
import { ParkedSource } from '../failures/parked-source.ts';
import { keyInTable } from '../failures/key-text.ts';
import type { Opened, Placed } from '../serde/received-records.ts';
import { untilOneWaits } from '../serde/unknown-records.ts';
import { type IgnoredOffsets, type IgnoredRecords, NOTHING_IGNORED } from '../ignored/ignored-records.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import type { LaneBatch, Positions } from '../engine/worker/lanes.ts';
import type { Processor } from '../engine/worker/processor.ts';
import { type ConsumedRecord, offsetAfter } from '../log/record.ts';
import { DeadLetterRelay } from './dead-letter-relay.ts';
import { addPending } from './outbox-table.ts';
import { parkedMarks, saveParked } from './parked-table.ts';
import {
  type AnyDatabase,
  type AnyTransaction,
  movePositions,
  type ProjectedPartition,
  storedPosition,
} from './positions-table.ts';
import { namingPostgres } from './postgres-away.ts';
import {
  openCopies,
  openEvents,
  projectInRuns,
  ProjectedRecords,
  type ProjectionParts,
} from './projected-records.ts';
import type { RowCycles } from './row-cycles.ts';

export interface ProjectionOptions extends ProjectionParts {
  readonly cluster: Cluster;
  readonly transactions: CommitCycles;
  /** Those of all partitions of the projection in this process. */
  readonly cycles: RowCycles;
  readonly member: Member;
  readonly database: AnyDatabase;
  readonly failpoint?: Failpoint;
  /** Keys of one partition that may be parked; 10,000 unless given. */
  readonly maxParkedKeys?: number;
  /** What operators have decided about records that are no events: they are passed over. */
  readonly ignored?: IgnoredRecords;
}

/** How one batch moves the position of one topic, and what is called when its rows are written. */
interface Step {
  readonly topic: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly handled: () => void;
}

/** Parked records that are projected in one transaction. */
const SETTLED_AT_ONCE = 200;

/**
 * Exactly-once into Postgres without a Kafka transaction: the rows of a batch and the position after it are one
 * database transaction, which compares the position before it moves it. The database is the truth about where
 * the projection stands, so a group offset is never read. Dead letters leave through an outbox beside the rows.
 * A partition shares the transactions of its projection, unless something of it has failed or is parked.
 */
export class ProjectionProcessor implements Processor {
  readonly sideTopics: readonly string[];
  private readonly options: ProjectionOptions;
  private readonly at: ProjectedPartition;
  private readonly failpoint: Failpoint;
  private readonly relay: DeadLetterRelay;
  private readonly parked: ParkedKeys;
  private readonly source: ParkedSource;
  private positions = new Map<string, bigint>();
  private ignored: IgnoredOffsets = NOTHING_IGNORED;
  /** There are dead letters in the outbox. */
  private unpublished = false;
  /** Its last transaction failed, or an event in it. */
  private unwell = false;

  constructor(options: ProjectionOptions) {
    const { at, cluster, transactions, database, maxParkedKeys = 10_000 } = options;
    const { failpoint = async () => undefined } = options;
    this.failpoint = failpoint;
    this.options = options;
    this.at = at;
    this.sideTopics = [redriveTopic(at.projection, at.topic)];
    this.relay = new DeadLetterRelay(cluster.log, transactions, database, at);
    this.parked = new ParkedKeys(at.projection, maxParkedKeys);
    const source = { group: at.projection, topic: at.topic, partition: at.partition };
    this.source = new ParkedSource(source, this.parked, keyInTable, async (records) =>
      (await this.open(records)).map(({ record }) => record),
    );
  }

  assign(signal: AbortSignal): Promise<Positions> {
    return namingPostgres(() => this.options.transactions.assigning(() => this.begin(signal)));
  }

  process(
    batch: LaneBatch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    return namingPostgres(() => this.project(batch, signal, handled));
  }

  /** Rests with the transactions that it shares. */
  get paced(): boolean {
    return !this.isApart;
  }

  get owes(): boolean {
    return this.parked.next !== undefined;
  }

  get notices(): readonly string[] {
    return this.options.unknown?.notices ?? [];
  }

  settle(signal: AbortSignal, handled: () => void = () => undefined): Promise<void> {
    return namingPostgres(() => this.release(signal, handled));
  }

  /** The database rolls back by itself. */
  async abandon(): Promise<void> {}

  async close(): Promise<void> {}

  private async begin(signal: AbortSignal): Promise<Positions> {
    const { cluster, database } = this.options;
    const { log } = cluster;
    const { projection, topic, partition } = this.at;
    await this.confirm(signal);
    await this.relay.relay(this.confirm, signal);
    for (const each of [topic, ...this.sideTopics]) {
      const position = await storedPosition(database, { ...this.at, topic: each });
      await refuseOutside(log, `The projection ${projection} stands at`, each, partition, position, signal);
      this.positions.set(each, position);
    }
    const { ignored } = this.options;
    this.ignored = (await ignored?.offsetsIn(log, { topic, partition }, signal)) ?? NOTHING_IGNORED;
    const marks = await parkedMarks(database, this.at);
    await this.source.restore(log, this.positionIn(topic), marks, signal);
    return this.positions;
  }

  private async project(
    { topic, records, nextOffset }: LaneBatch,
    signal: AbortSignal,
    handled: () => void,
  ): Promise<readonly ConsumedRecord[]> {
    // Kept from here on: a run that was given up must not go by the position of the one that came after it.
    const step = { topic, from: this.positionIn(topic), to: nextOffset, handled };
    const rest =
      topic === this.at.topic
        ? await this.projectEvents(records, step)
        : await this.projectCopies(records, step);
    this.positions.set(topic, rest[0]?.offset ?? nextOffset);
    await this.publish(signal);
    return rest;
  }

  /** Projects records that were parked and are free to go, in their order, until one of them fails. */
  private async release(signal: AbortSignal, handled: () => void): Promise<void> {
    const key = this.parked.next;
    if (key === undefined) return;
    const waiting = this.parked.of(key)?.waiting ?? [];
    const { log } = this.options.cluster;
    const { topic } = this.at;
    const parked = await this.source.recordsAt(log, waiting.slice(0, SETTLED_AT_ONCE), signal);
    const { opened, records } = await untilOneWaits(parked, (some) => this.open(some));
    const position = this.positionIn(topic);
    await this.inTransaction({ topic, from: position, to: position, handled }, (projected, rows) =>
      projected.settle(key, records, opened, rows),
    );
    await this.publish(signal);
  }

  private open(records: readonly ConsumedRecord[]): Promise<Opened[]> {
    const events = records.filter(({ offset }) => !this.ignored.has(offset));
    return openEvents(this.options, events);
  }

  private positionIn(topic: string): bigint {
    return this.positions.get(topic) ?? 0n;
  }

  /** Answers those that are left: they wait for another release. */
  private async projectEvents(
    batch: readonly ConsumedRecord[],
    whole: Step,
  ): Promise<readonly ConsumedRecord[]> {
    const { opened, records, rest } = await untilOneWaits(batch, (some) => this.open(some));
    const step = { ...whole, to: rest[0]?.offset ?? whole.to };
    const events = opened.flatMap((one) => ('error' in one ? [] : one.messages));
    const apart = () => this.projectApart(opened, step);
    if (this.isApart || opened.some((one) => 'error' in one)) await apart();
    else await this.options.cycles.commit({ ...step, partition: this.at.partition, events, alone: apart });
    const last = records.at(-1);
    if (last) this.source.reached(offsetAfter(last));
    return rest;
  }

  /** What is slow or fails is no other partition's trouble. */
  private get isApart(): boolean {
    return this.unwell || this.parked.size > 0;
  }

  /** In a transaction of its own: together, unless one of them fails or may have to wait. */
  private async projectApart(opened: readonly Opened[], step: Step): Promise<void> {
    const oneByOne = () => this.inTransaction(step, (projected, rows) => projected.oneByOne(opened, rows));
    this.unwell = true;
    if (this.parked.size > 0) return oneByOne();
    try {
      await this.inTransaction(step, (_, rows) =>
        projectInRuns(this.options.projectors, opened.flatMap(messagesOf), rows),
      );
    } catch (error) {
      const { otherwise, errors } = this.options.failures;
      if (classify(error, otherwise, errors) !== 'fatal') throw outageOf(error, errors);
      return oneByOne();
    }
    this.unwell = false;
  }

  private async projectCopies(
    batch: readonly ConsumedRecord[],
    whole: Step,
  ): Promise<readonly ConsumedRecord[]> {
    const { opened: copies, rest } = await untilOneWaits(batch, (some) => openCopies(this.options, some));
    const step = { ...whole, to: rest[0]?.offset ?? whole.to };
    await this.inTransaction(step, (projected, rows) => projected.copies(copies, rows));
    return rest;
  }

  /** Rows, the position, what is parked, and what is to be published: all of it or nothing. */
  private async inTransaction(
    step: Step,
    project: (projected: ProjectedRecords, rows: AnyTransaction) => Promise<void>,
  ): Promise<void> {
    const { database, cluster } = this.options;
    const { clock, random } = cluster;
    const parked = this.parked.begin();
    const projected = new ProjectedRecords({ ...this.options, clock, random }, parked);
    await database.transaction().execute(async (rows) => {
      await this.move(step, rows);
      await project(projected, rows);
      await saveParked(rows, this.at, parked);
      await addPending(rows, this.at, projected.pending);
      // Throws when this run was given up meanwhile, and the transaction is rolled back.
      step.handled();
      await this.failpoint('before-rows-commit');
    });
    await this.failpoint('after-rows-commit');
    parked.commit();
    this.unpublished ||= projected.pending.length > 0;
  }

  private async move({ topic, from, to }: Step, rows: AnyTransaction): Promise<void> {
    const { topic: source, partition } = this.at;
    const position = this.positionIn(source);
    // Whoever owns the partition no more is found out here, whichever topic the batch is from.
    const owned = topic === source ? [] : [{ topic: source, partition, from: position, to: position }];
    const refusals = await movePositions(rows, this.at, [...owned, { topic, partition, from, to }]);
    for (const refusal of refusals) if (refusal) throw refusal;
  }

  private async publish(signal: AbortSignal): Promise<void> {
    if (!this.unpublished) return;
    await this.relay.relay(this.confirm, signal);
    this.unpublished = false;
  }

  private readonly confirm = (signal: AbortSignal): Promise<Membership> =>
    this.options.member.confirmOwnership(this.at.topic, this.at.partition, signal);
}

/** Throws why there is none. */
function messagesOf(one: Opened): readonly Placed[] {
  if ('error' in one) throw one.error;
  return one.messages;
}
