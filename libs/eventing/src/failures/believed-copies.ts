import { sourceTopic } from '../domain/index.ts';
import { type ConsumedRecord, header, isWrittenBy } from '../log/record.ts';
import { FAILURE, originalIn, readFailure } from './failure-headers.ts';
import type { Failure } from './failure.ts';
import type { SourcePartition } from './parked-source.ts';

/** A record that comes from where copies come from, and what is known about its failure. */
export interface Copy {
  readonly original: ConsumedRecord;
  /** Undefined for a record that is no copy of the library's. */
  readonly before: Failure | undefined;
}

/**
 * Takes a copy apart, if this library has written it for this partition of this group. Anybody may write to its topics, and
 * dead letters can be read by everybody: only what names its own producer is believed, which no copy of it does. Anything else
 * is a new record, with whatever headers it has, and a failure of its own if it fails.
 */
export function believedCopy(record: ConsumedRecord, at: SourcePartition): Copy {
  const before = isOwn(record) ? readFailure(record.headers) : undefined;
  return before && isOf(before, at)
    ? { original: originalIn(record, before), before }
    : { original: record, before: undefined };
}

/** The id of the dead letter that was discarded, if this is the library's word of it. */
export function releasedIn(record: ConsumedRecord): string | undefined {
  if (!isOwn(record) || header(record.headers, FAILURE.discarded) === undefined) return undefined;
  return header(record.headers, FAILURE.id);
}

const isOwn = (record: ConsumedRecord) => isWrittenBy(record, FAILURE.producer);

const isOf = ({ group, place }: Failure, at: SourcePartition) =>
  group === at.group && sourceTopic(group, place.topic) === at.topic && place.partition === at.partition;
