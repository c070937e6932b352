import type { LoggedEvent } from '@atelier/eventing';
import type { HistoryTable } from '@atelier/read-model';
import type { Selectable } from 'kysely';
import { jsonData } from '../http/exact-json.ts';

/** A domain event and its place in the log, with data as JSON has it, every digit of it: the same from Kafka and from Postgres. */
export interface CommittedEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject: string;
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly causationId: string | undefined;
  readonly requestHash: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

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
    data: jsonData(event.data) as CommittedEvent['data'],
  };
}

export const storedEvent = (row: Selectable<HistoryTable>): CommittedEvent => ({
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
});
