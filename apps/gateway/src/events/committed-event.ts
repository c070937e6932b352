import { type AnyEvent, type JsonData, jsonData } from '@atelier/contracts';
import type { LoggedEvent } from '@atelier/eventing';
import type { HistoryTable } from '@atelier/read-model';
import type { Selectable } from 'kysely';

interface Committed<Event extends AnyEvent> {
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
}

/**
 * A domain event and its place in the log, with data as JSON has it, every digit of it: the same from Kafka and from Postgres.
 * A service of a newer release may publish types that this one does not know.
 */
export type CommittedEvent<Event extends AnyEvent = AnyEvent> = Event extends AnyEvent
  ? Committed<Event>
  : never;

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
  } as CommittedEvent;
}

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
  }) as CommittedEvent;
