import { EventingError } from '../domain/index.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { Undecodable } from './undecodable.ts';

/**
 * What a group does with a record that another release may know, and this one does not: a type, a version or a symbol of an enum. `skip`
 * passes over it, and counts; `wait` holds the partition until a release that knows it takes over.
 */
export type WhenUnknown = 'skip' | 'dead-letter' | 'wait';

/** A record holds its partition: this release does not know what another one does. It is no outage, and no attempt. */
export class WaitsForRelease extends EventingError {
  readonly record: ConsumedRecord;
  private readonly undecodable: Undecodable;

  constructor(record: ConsumedRecord, cause: Undecodable) {
    const { topic, partition, offset } = record;
    super(
      'WAITS_FOR_RELEASE',
      `The record at ${topic}-${partition} offset ${offset} waits for a release that knows it: ${cause.message}`,
      { retryable: true, fields: { topic, partition, offset, unknown: cause.unknown ?? '' }, cause },
    );
    this.record = record;
    this.undecodable = cause;
  }

  /** The same of another record: a copy of it. */
  of(record: ConsumedRecord): WaitsForRelease {
    return new WaitsForRelease(record, this.undecodable);
  }
}

/** What one partition of a group does about what its release does not know. */
export class UnknownRecords {
  private readonly what: WhenUnknown;
  private readonly warn: (text: string) => void;
  private readonly skipped = new Map<string, number>();
  /** By topic and partition: a batch that is tried again has records that were counted. */
  private readonly countedTo = new Map<string, bigint>();

  /** `warn`: told of the first, tenth, hundredth and so on record of a name that was skipped. */
  constructor(what: WhenUnknown = 'dead-letter', warn: (text: string) => void = () => undefined) {
    this.what = what;
    this.warn = warn;
  }

  /** A sentence for each name of which records were skipped since the partition was assigned. */
  get notices(): readonly string[] {
    return [...this.skipped].map(
      ([name, count]) => `skipped, because this release does not know it: ${name} (${count})`,
    );
  }

  /** What is read from the record, which is nothing when it is skipped. Throws WaitsForRelease, or what `read` throws. */
  meet<T>(record: ConsumedRecord, read: () => readonly T[]): readonly T[] {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Undecodable) || error.unknown === undefined || this.what === 'dead-letter')
        throw error;
      if (this.what === 'wait') throw new WaitsForRelease(record, error);
      this.skip(record, error.unknown, error.message);
      return [];
    }
  }

  private skip({ topic, partition, offset }: ConsumedRecord, name: string, why: string): void {
    const place = `${topic}-${partition}`;
    if (offset <= (this.countedTo.get(place) ?? -1n)) return;
    this.countedTo.set(place, offset);
    const count = (this.skipped.get(name) ?? 0) + 1;
    this.skipped.set(name, count);
    if (Number.isInteger(Math.log10(count)))
      this.warn(`Skipped ${place} offset ${offset}, number ${count} of ${name}: ${why}`);
  }
}

/**
 * Handles records up to the first one that waits for another release, and answers those from it on. Throws when that is the first
 * of all.
 */
export async function untilOneWaits<T>(
  records: readonly ConsumedRecord[],
  open: (records: readonly ConsumedRecord[]) => Promise<T>,
): Promise<{
  readonly opened: T;
  readonly records: readonly ConsumedRecord[];
  readonly rest: readonly ConsumedRecord[];
}> {
  try {
    return { opened: await open(records), records, rest: [] };
  } catch (error) {
    const at = error instanceof WaitsForRelease ? records.indexOf(error.record) : -1;
    if (at < 1) throw error;
    const before = records.slice(0, at);
    return { opened: await open(before), records: before, rest: records.slice(at) };
  }
}
