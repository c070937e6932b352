import { sql } from 'kysely';
import type { Received } from '../domain/index.ts';
import { classify, outageOf } from '../failures/classification.ts';
import type { FailurePlan } from '../failures/failure-plan.ts';
import { type Attempted, failedForGood } from '../failures/attempts.ts';
import { type Delivery, firstDelivery, take, type Taken } from '../failures/believed-copies.ts';
import type { ParkedChanges } from '../failures/parked-keys.ts';
import { keyInTable } from '../failures/key-text.ts';
import { Parking } from '../failures/parking.ts';
import { momentOf, type Verdict, verdict, type VerdictParts } from '../failures/verdict.ts';
import { open, type Opened } from '../serde/received-records.ts';
import { type UnknownRecords, WaitsForRelease } from '../serde/unknown-records.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import type { Surroundings } from '../time/clock.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import type { AnyTransaction, ProjectedPartition } from './positions-table.ts';
import { runsOf } from './runs.ts';

/** Writes the rows of some events of one type. */
export type Projector = (events: readonly Received[], rows: AnyTransaction) => Promise<void>;

export interface ProjectionParts extends Pick<VerdictParts, 'reporter' | 'service' | 'version'> {
  readonly at: ProjectedPartition;
  readonly codec: MessageCodec;
  readonly projectors: ReadonlyMap<string, Projector>;
  readonly failures: FailurePlan;
  readonly unknown?: UnknownRecords;
}

/** A record that somebody gave back, with the event in it if the projection is about it, or the word that nobody will. */
export type Copy =
  | (Extract<Taken, { type: 'delivery' }> & { readonly opened: Opened | undefined })
  | (Extract<Taken, { type: 'discard' }> & { readonly key: Buffer | null });

/** Decodes the records that the projection is about. */
export function openEvents(
  { codec, projectors, unknown }: ProjectionParts,
  records: readonly ConsumedRecord[],
): Promise<Opened[]> {
  return open(codec, records, (type) => projectors.has(type), unknown);
}

/** Takes copies apart into what they are of, and what is known about it. */
export async function openCopies(
  parts: ProjectionParts,
  records: readonly ConsumedRecord[],
): Promise<Copy[]> {
  const { projection: group, topic, partition } = parts.at;
  const copies: Copy[] = [];
  for (const record of records) {
    const taken = take(record, { group, topic, partition });
    if (taken.type === 'discard') copies.push({ ...taken, key: record.key });
    else {
      const [opened] = await openOriginal(parts, record, taken.delivery.original);
      copies.push({ ...taken, opened });
    }
  }
  return copies;
}

/** What waits for a release is the copy: it stands where the original does not. */
async function openOriginal(
  parts: ProjectionParts,
  copy: ConsumedRecord,
  original: ConsumedRecord,
): Promise<Opened[]> {
  try {
    return await openEvents(parts, [original]);
  } catch (error) {
    throw error instanceof WaitsForRelease ? error.of(copy) : error;
  }
}

/** Events of one type are written together, as far as the order of each aggregate allows. Throws when one of them fails. */
export async function projectInRuns(
  projectors: ProjectionParts['projectors'],
  events: readonly Received[],
  rows: AnyTransaction,
): Promise<void> {
  for (const run of runsOf(events)) await projectors.get(run.type)?.(run.events, rows);
}

/**
 * Projects the records of one batch into rows, and collects what is to be published about those that failed. It decides
 * what is parked, and writes nothing but the rows.
 */
export class ProjectedRecords {
  /** Dead letters, and reports of them. */
  readonly pending: OutgoingRecord[] = [];
  private readonly parts: ProjectionParts & Surroundings;
  private readonly parked: ParkedChanges;
  private readonly parking: Parking;

  constructor(parts: ProjectionParts & Surroundings, parked: ParkedChanges) {
    this.parts = parts;
    this.parked = parked;
    this.parking = new Parking(parked, keyInTable);
  }

  /** Each event behind a savepoint of its own, so that one that cannot be written stops only its key. */
  async oneByOne(opened: readonly Opened[], rows: AnyTransaction): Promise<void> {
    for (const one of opened)
      if (!this.parking.parks(one.record)) await this.project(firstDelivery(one.record), one, rows);
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
      const decided = one && (await this.project(firstDelivery(one.record), one, rows));
      if (decided && decided.type !== 'handled') return;
    }
  }

  async copies(copies: readonly Copy[], rows: AnyTransaction): Promise<void> {
    for (const copy of copies) {
      if (copy.type === 'discard') this.parking.release(copy.key, copy.failureId);
      else await this.project(copy.delivery, copy.opened, rows);
    }
  }

  /** What the projection is not about, or no longer in a new version, is done with. */
  private async project(
    delivery: Delivery,
    opened: Opened | undefined,
    rows: AnyTransaction,
  ): Promise<Verdict> {
    const attempted = opened ? await this.attempt(opened, rows) : { output: [] };
    const { at, failures: plan, ...parts } = this.parts;
    const source = { group: at.projection, topic: at.topic };
    const decided = verdict(delivery, attempted, momentOf(parts), { ...parts, at: source, plan });
    this.pending.push(...decided.output);
    this.parking.follow(delivery.original.key, decided);
    return decided;
  }

  /** Throws when the event may be projected later: the partition waits then. */
  private async attempt(opened: Opened, rows: AnyTransaction): Promise<Attempted> {
    if ('error' in opened) return failedForGood(opened.error, this.parts.clock.now());
    await sql`savepoint event`.execute(rows);
    try {
      await projectInRuns(this.parts.projectors, opened.messages, rows);
      await sql`release savepoint event`.execute(rows);
      return { output: [] };
    } catch (error) {
      const { otherwise, errors } = this.parts.failures;
      if (classify(error, otherwise, errors) !== 'fatal') throw outageOf(error, errors);
      await sql`rollback to savepoint event`.execute(rows);
      return failedForGood(error, this.parts.clock.now());
    }
  }
}
