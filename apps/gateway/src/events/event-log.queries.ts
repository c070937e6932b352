import type { EventLogTable, ReadModel } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { type SelectQueryBuilder, type Selectable, sql } from 'kysely';
import type { Pipeline } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';
import { type CommittedEvent, storedEvent } from './committed-event.ts';

type EventLog = SelectQueryBuilder<ReadModel, 'read_model.event_log', Selectable<EventLogTable>>;

const columns = [
  'topic',
  'partition',
  'offset',
  'aggregate_id',
  'version',
  'type',
  'event_id',
  'time',
  'causation_id',
  'request_hash',
  'data',
  'part',
  'was',
] as const;

/** Where an event stands, which version it made, and when it happened: milliseconds since 1970-01-01 UTC. */
export interface EventPlace {
  readonly version: number;
  readonly time: number;
  readonly partition: number;
  readonly offset: bigint;
}

@Injectable()
export class EventLogQueries {
  constructor(private readonly database: Database) {}

  /** What one aggregate has been through, oldest first. */
  history(topic: string, aggregateId: string): Promise<CommittedEvent[]> {
    return read(
      this.events
        .where('topic', '=', topic)
        .where('aggregate_id', '=', aggregateId)
        .orderBy('version')
        .orderBy('part'),
    );
  }

  /** Where the first events of an aggregate stand, oldest first. */
  async places(topic: string, aggregateId: string, limit: number): Promise<EventPlace[]> {
    const rows = await this.database
      .selectFrom('read_model.event_log')
      .select(['version', 'time', 'partition', 'offset'])
      .where('topic', '=', topic)
      .where('aggregate_id', '=', aggregateId)
      .where('part', '=', 0)
      .orderBy('version')
      .limit(limit)
      .execute();
    return rows.map(({ time, offset, ...row }) => ({
      ...row,
      time: time.getTime(),
      offset: BigInt(offset),
    }));
  }

  /** Whether events of this key wait until an operator has decided about an earlier one, and are not shown. */
  async isParked({ projection }: Pipeline, key: string): Promise<boolean> {
    const parked = await this.database
      .selectFrom('read_model.parked_keys')
      .select('key')
      .where('projection', '=', projection)
      .where('key', '=', key)
      .limit(1)
      .executeTakeFirst();
    return parked !== undefined;
  }

  /** The events that these commands caused, those of operators too. */
  async causedBy(commandIds: readonly string[]): Promise<CommittedEvent[]> {
    const caused = sql<string>`any(${commandIds}::text[])`;
    const decisions = this.database
      .selectFrom('read_model.dead_letter_history')
      .select(columns)
      .where('causation_id', '=', caused);
    const ends = this.database
      .selectFrom('read_model.transaction_history')
      .select(columns)
      .where('causation_id', '=', caused);
    const rows = await this.database
      .selectFrom('read_model.event_log')
      .select(columns)
      .where('causation_id', '=', caused)
      .unionAll(decisions)
      .unionAll(ends)
      .orderBy('aggregate_id')
      .orderBy('version')
      .orderBy('part')
      .execute();
    return rows.map(storedEvent);
  }

  /** The events of these types in the histories of these aggregates. */
  ofTypes(types: readonly string[], aggregateIds: readonly string[]): Promise<CommittedEvent[]> {
    return read(
      this.events
        .where('aggregate_id', '=', sql<string>`any(${aggregateIds}::text[])`)
        .where('type', '=', sql<string>`any(${types}::text[])`),
    );
  }

  /** A page of one partition, in its order. */
  page(topic: string, partition: number, from: bigint, to: bigint, limit: number): Promise<CommittedEvent[]> {
    return read(
      this.events
        .where('topic', '=', topic)
        .where('partition', '=', partition)
        .where('offset', '>=', String(from))
        .where('offset', '<', String(to))
        .orderBy('offset')
        .orderBy('part')
        .limit(limit),
    );
  }

  private get events(): EventLog {
    return this.database.selectFrom('read_model.event_log').selectAll();
  }
}

async function read(query: EventLog): Promise<CommittedEvent[]> {
  return (await query.execute()).map(storedEvent);
}
