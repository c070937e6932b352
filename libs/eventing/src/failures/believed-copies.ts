import { redriveTopic, retryNumber, sourceTopic } from '../domain/index.ts';
import { type ConsumedRecord, header, isWrittenBy } from '../log/record.ts';
import { FAILURE, originalIn, readFailure, retryIn } from './failure-headers.ts';
import type { Failure } from './failure.ts';
import type { SourcePartition } from './parked-source.ts';

/** A record that is to be handled, and what is known about its failure. */
export interface Delivery {
  readonly original: ConsumedRecord;
  /** What its copy told; undefined for a record that is no copy of the library's. */
  readonly before: Failure | undefined;
  /** Retries of the present round that are behind it, this one included. */
  readonly retried: number;
}

/** What a group takes from a partition: a record, or the word that a dead letter was discarded. */
export type Taken =
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  | { readonly type: 'discard'; readonly failureId: string };

export const firstDelivery = (original: ConsumedRecord): Delivery => ({
  original,
  before: undefined,
  retried: 0,
});

/** For groups that have topics beside the source: copies come from these, and the word of a discard from the redrive topic alone. */
export function take(record: ConsumedRecord, at: SourcePartition): Taken {
  const { topic } = record;
  if (topic === at.topic) return { type: 'delivery', delivery: firstDelivery(record) };
  const failureId = topic === redriveTopic(at.group, at.topic) ? releasedIn(record) : undefined;
  if (failureId !== undefined) return { type: 'discard', failureId };
  return { type: 'delivery', delivery: believedCopy(record, at) };
}

/**
 * Takes a copy apart, if this library has written it for this partition of this group. Anybody may write to its topics, and
 * dead letters can be read by everybody: only what names its own producer is believed, which no copy of it does. Anything else
 * is a new record, with whatever headers it has, and a failure of its own if it fails.
 */
export function believedCopy(record: ConsumedRecord, at: SourcePartition): Delivery {
  const before = isOwn(record) ? readFailure(record.headers) : undefined;
  if (!before || !isOf(before, at)) return firstDelivery(record);
  return { original: originalIn(record, before), before, retried: retriedBy(record) };
}

/** The id of the dead letter that was discarded, if this is the library's word of it. */
export function releasedIn(record: ConsumedRecord): string | undefined {
  if (!isOwn(record) || header(record.headers, FAILURE.discarded) === undefined) return undefined;
  return header(record.headers, FAILURE.id) || undefined;
}

/** A copy that was written before copies said which retry they stand for is on the topic of that retry. */
function retriedBy({ topic, headers }: ConsumedRecord): number {
  const lane = retryNumber(topic);
  return lane > 0 ? (retryIn(headers) ?? lane) : 0;
}

const isOwn = (record: ConsumedRecord) => isWrittenBy(record, FAILURE.producer);

const isOf = ({ group, place }: Failure, at: SourcePartition) =>
  group === at.group && sourceTopic(group, place.topic) === at.topic && place.partition === at.partition;
