import { type AnyEvent, type JsonData, jsonData, type OrderPlaced } from '@atelier/contracts';
import type { LoggedEvent } from '@atelier/eventing';
import type { Was } from '@atelier/eventing/serde';
import type { HistoryTable, WrittenAs as StoredAs } from '@atelier/read-model';
import type { Selectable } from 'kysely';

/** OrderPlaced is a former type: only rows that a release before has written have it. */
export type ShownEvent = AnyEvent | OrderPlaced;

interface Committed<Event extends ShownEvent> {
  readonly id: string;
  readonly type: Event['type'];
  readonly time: string;
  readonly subject: string;
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly causationId: string | undefined;
  readonly requestHash: string | undefined;
  readonly data: JsonData<Event['data']>;
  /** What it was when it was written, if that was another type. */
  readonly was?: WrittenAs;
}

interface WrittenAs {
  readonly type: string;
  /** The number of its schema among the versions of its type, where that is known. */
  readonly schemaVersion: number | undefined;
  readonly data: unknown;
  /** Which of the events that it has become this one is, from 0, and how many there are. */
  readonly part: number;
  readonly parts: number;
}

/**
 * A domain event and its place in the log, with data as JSON has it, every digit of it: the same from Kafka and from Postgres.
 * A service of a newer release may publish types that this one does not know.
 */
export type CommittedEvent<Event extends ShownEvent = ShownEvent> = Event extends ShownEvent
  ? Committed<Event>
  : never;

/** What an event was when it was written, as clients are shown it. */
export const shownWas = ({ was }: CommittedEvent) =>
  was && {
    was: {
      type: was.type,
      ...(was.schemaVersion !== undefined && { schemaVersion: was.schemaVersion }),
      data: was.data as Record<string, unknown>,
    },
  };

// Both come through the contracts: the codec decodes nothing else, and the projection writes what it has decoded.

export function committedEvent({ event, topic, partition, offset }: LoggedEvent): CommittedEvent {
  const { id, time, subject, version = 0, causationId, requestHash } = event.metadata;
  return {
    id,
    type: event.type,
    time: new Date(time).toISOString(),
    subject,
    version,
    topic,
    partition,
    offset,
    causationId,
    requestHash,
    data: jsonData(event.data),
    ...(event.was && { was: writtenAs(event.was) }),
  } as CommittedEvent;
}

function writtenAs({ type, version, data, part, parts }: Was): WrittenAs {
  return { type, schemaVersion: version, data: jsonData(data), part, parts };
}

/** From where on nothing of the event's record is left: several events stand at one place where one has become several. */
export const offsetBehind = ({ offset, was }: CommittedEvent): bigint =>
  was && was.part < was.parts - 1 ? offset : offset + 1n;

export const storedEvent = (row: Selectable<HistoryTable>) =>
  ({
    id: row.event_id,
    type: row.type,
    time: row.time.toISOString(),
    subject: row.aggregate_id,
    version: row.version,
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    causationId: row.causation_id ?? undefined,
    requestHash: row.request_hash ?? undefined,
    data: row.data,
    ...(row.was && { was: storedAs(row.was, row.part) }),
  }) as CommittedEvent;

const storedAs = ({ type, version, data, parts }: StoredAs, part: number): WrittenAs => ({
  type,
  schemaVersion: version ?? undefined,
  data,
  part,
  parts,
});
