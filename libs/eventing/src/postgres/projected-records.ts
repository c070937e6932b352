import { sql } from 'kysely';
import type { Received } from '../domain/index.ts';
import { classify, outageOf } from '../failures/classification.ts';
import type { FailurePlan } from '../failures/failure-plan.ts';
import { believedCopy, releasedIn } from '../failures/believed-copies.ts';
import type { Failure } from '../failures/failure.ts';
import { gaveUp } from '../failures/giving-up.ts';
import type { ParkedChanges } from '../failures/parked-keys.ts';
import { keyInTable } from '../failures/key-text.ts';
import type { FailureReporter } from '../failures/reporter.ts';
import { open, type Opened } from '../serde/received-records.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import type { AnyTransaction, ProjectedPartition } from './positions-table.ts';
import { runsOf } from './runs.ts';

/** Writes the rows of some events of one type. */
export type Projector = (events: readonly Received[], rows: AnyTransaction) => Promise<void>;

export interface ProjectionParts {
  readonly at: ProjectedPartition;
  readonly codec: MessageCodec;
  readonly projectors: ReadonlyMap<string, Projector>;
  readonly reporter: FailureReporter;
  readonly service: string;
  readonly version: string;
  readonly failures: FailurePlan;
}

/** A record that somebody gave back, or the word that nobody will. */
export type Copy =
  | { readonly released: string; readonly key: Buffer | null }
  | {
      readonly opened: Opened | undefined;
      readonly original: ConsumedRecord;
      readonly before: Failure | undefined;
    };

/** Decodes the records that the projection is about. */
export function openEvents(
  { codec, projectors }: ProjectionParts,
  records: readonly ConsumedRecord[],
): Promise<Opened[]> {
  return open(codec, records, (type) => projectors.has(type));
}

/** Takes copies apart into what they are of, and what is known about it. */
export async function openCopies(
  parts: ProjectionParts,
  records: readonly ConsumedRecord[],
): Promise<Copy[]> {
  const { projection: group, topic, partition } = parts.at;
  const copies: Copy[] = [];
  for (const record of records) {
    const released = releasedIn(record);
    if (released) copies.push({ released, key: record.key });
    else {
      const { original, before } = believedCopy(record, { group, topic, partition });
      const [opened] = await openEvents(parts, [original]);
      copies.push({ opened, original, before });
    }
  }
  return copies;
}

/**
 * Projects the records of one batch into rows, and collects what is to be published about those that failed. It decides
 * what is parked, and writes nothing but the rows.
 */
export class ProjectedRecords {
  /** Dead letters, and reports of them. */
  readonly pending: OutgoingRecord[] = [];
  private readonly parts: ProjectionParts;
  private readonly parked: ParkedChanges;

  constructor(parts: ProjectionParts, parked: ParkedChanges) {
    this.parts = parts;
    this.parked = parked;
  }

  /** Events of one type that follow each other are written together. Throws when one of them fails. */
  async inRuns(opened: readonly Opened[], rows: AnyTransaction): Promise<void> {
    const events = opened.map((one) => {
      if ('error' in one) throw one.error;
      return one.message;
    });
    for (const run of runsOf(events)) await this.parts.projectors.get(run.type)?.(run.events, rows);
  }

  /** Each event behind a savepoint of its own, so that one that cannot be written stops only its key. */
  async oneByOne(opened: readonly Opened[], rows: AnyTransaction): Promise<void> {
    for (const one of opened) {
      const { record } = one;
      const key = record.key && keyInTable(record.key);
      if (key !== null && this.parked.of(key)) this.parked.park(key, record.offset);
      else await this.projectOrPark(one, rows);
    }
  }

  /** Records that were parked, of one key and in their order. */
  async settle(
    key: string,
    records: readonly ConsumedRecord[],
    opened: readonly Opened[],
    rows: AnyTransaction,
  ): Promise<void> {
    // In a new version, those that wait may be none of its business any more.
    if (records.length === 0) this.parked.forget(key);
    const byOffset = new Map(opened.map((one) => [one.record.offset, one]));
    for (const { offset } of records) {
      const one = byOffset.get(offset);
      this.parked.advance(key, offset);
      if (one && !(await this.projectOrPark(one, rows))) return;
    }
  }

  async copies(copies: readonly Copy[], rows: AnyTransaction): Promise<void> {
    for (const copy of copies) {
      if ('released' in copy) this.release(copy.key, copy.released);
      else await this.projectCopy(copy, rows);
    }
  }

  private async projectCopy(
    { opened, original, before }: Extract<Copy, { original: ConsumedRecord }>,
    rows: AnyTransaction,
  ): Promise<void> {
    const error = opened && (await this.failureOf(opened, rows));
    if (error !== undefined) {
      this.giveUp(original, error, before);
      return;
    }
    if (before) this.pending.push(...this.parts.reporter.handled(original, before));
    this.release(original.key, before?.id);
  }

  /** Answers whether the event was projected. */
  private async projectOrPark(one: Opened, rows: AnyTransaction): Promise<boolean> {
    const error = await this.failureOf(one, rows);
    if (error === undefined) return true;
    const failureId = this.giveUp(one.record, error).id;
    const { key, offset } = one.record;
    if (key && this.parts.failures.ordering === 'key')
      this.parked.block(keyInTable(key), { failureId, since: offset + 1n, released: false });
    return false;
  }

  /** Projects one event; answers why it never can be, if so. Throws when it may be later. */
  private async failureOf(one: Opened, rows: AnyTransaction): Promise<unknown> {
    if ('error' in one) return one.error;
    await sql`savepoint event`.execute(rows);
    try {
      await this.parts.projectors.get(one.message.type)?.([one.message], rows);
      await sql`release savepoint event`.execute(rows);
      return undefined;
    } catch (error) {
      const { otherwise, errors } = this.parts.failures;
      if (classify(error, otherwise, errors) !== 'fatal') throw outageOf(error, errors);
      await sql`rollback to savepoint event`.execute(rows);
      return error;
    }
  }

  private giveUp(original: ConsumedRecord, error: unknown, before?: Failure): Failure {
    const { at, service, version, reporter } = this.parts;
    const who = { group: at.projection, service, version, reporter };
    const { failure, output } = gaveUp(original, error, who, { before, source: at.topic });
    this.pending.push(...output);
    return failure;
  }

  private release(key: Buffer | null, failureId: string | undefined): void {
    if (key && failureId !== undefined) this.parked.release(keyInTable(key), failureId);
  }
}
