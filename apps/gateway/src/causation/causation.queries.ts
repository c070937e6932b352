import { OrdersEvents } from '@atelier/contracts';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { type CommittedEvent, storedEvent } from '../events/committed-event.ts';
import { orderPipeline } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';
import type { Decision } from './causation-tree.ts';

/** An event, and what it belongs to. */
export interface CorrelatedEvent {
  readonly event: CommittedEvent;
  readonly correlationId: string;
}

/** A command that was set aside before anything came of it. */
export interface SetAsideCommand {
  readonly id: string;
  /** When it failed, and when an operator has decided about it: milliseconds since 1970-01-01 UTC. */
  readonly times: readonly number[];
}

/** What the read model knows of who has caused what. */
@Injectable()
export class CausationQueries {
  constructor(private readonly database: Database) {}

  /** The events of an order, oldest first. */
  async ofOrder(orderId: string, limit: number): Promise<CorrelatedEvent[]> {
    const rows = await this.database
      .selectFrom('read_model.event_log')
      .selectAll()
      .where('topic', '=', OrdersEvents.topic)
      .where('aggregate_id', '=', orderId)
      .orderBy('version')
      .orderBy('part')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ event: storedEvent(row), correlationId: row.correlation_id }));
  }

  /** Commands to an order that its decider has set aside. */
  async setAside(orderId: string): Promise<SetAsideCommand[]> {
    const rows = await this.database
      .selectFrom('read_model.dead_letters')
      .select(['message_id', 'first_failed_at', 'failed_at', 'decided_at'])
      .where('group', '=', orderPipeline.decider)
      .where('key', '=', orderId)
      .orderBy('first_failed_at')
      .limit(100)
      .execute();
    return rows.flatMap(({ message_id: id, first_failed_at, failed_at, decided_at }) => {
      const times = [first_failed_at, failed_at, decided_at].flatMap((time) => time?.getTime() ?? []);
      return id === null ? [] : [{ id, times }];
    });
  }

  /** What operators have decided about these dead letters, oldest first. */
  async decisions(deadLetterIds: readonly string[]): Promise<Decision[]> {
    const rows = await this.database
      .selectFrom('read_model.dead_letter_history')
      .selectAll()
      .where('aggregate_id', '=', sql<string>`any(${deadLetterIds}::text[])`)
      .where('type', 'in', ['RedriveRequested', 'DeadLetterDiscarded', 'DeadLetterRestored'])
      .orderBy('time')
      .limit(1_000)
      .execute();
    return rows.map(({ operator, reason, topic, partition, offset, time, ...row }) => ({
      ...{ id: row.event_id, type: row.type, deadLetterId: row.aggregate_id, time: time.getTime() },
      ...{ by: operator ?? undefined, reason: reason ?? undefined },
      ...{ topic, partition, offset: BigInt(offset) },
    }));
  }
}
