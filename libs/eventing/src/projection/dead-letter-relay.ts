import { deadLetterTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Membership } from '../kafka/group-member.ts';
import { committedOffset } from '../kafka/positions.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import { pendingOf, removePending } from './outbox-table.ts';
import type { AnyDatabase, ProjectedPartition } from './positions-table.ts';

/**
 * Publishes what a projection has left in its outbox, each record once: the number of the last one is committed in the
 * same Kafka transaction, as the group's offset on the dead-letter topic, and what was published before a crash is known
 * by it. The producer is fenced first, because only then does that offset stand still.
 */
export class DeadLetterRelay {
  private readonly client: KafkaClient;
  private readonly database: AnyDatabase;
  private readonly at: ProjectedPartition;
  private readonly producer: TransactionalProducer;

  constructor(client: KafkaClient, database: AnyDatabase, at: ProjectedPartition) {
    this.client = client;
    this.database = database;
    this.at = at;
    const transactionalId = `${at.projection}.${at.topic}.${at.partition}`;
    this.producer = new TransactionalProducer(client, { transactionalId });
  }

  /** Resolves when the outbox is empty. */
  async relay(membership: Membership, signal: AbortSignal): Promise<void> {
    const pending = await pendingOf(this.database, this.at);
    const last = pending.at(-1);
    if (!last) return;
    const { projection: group, topic: source, partition } = this.at;
    const topic = deadLetterTopic(group, source);
    await this.producer.fence(signal);
    const published = await committedOffset(this.client, group, topic, partition, signal);
    const records = pending.filter(({ seq }) => seq >= published).map(({ record }) => record);
    const next = last.seq + 1n;
    if (records.length > 0)
      await this.producer.transact(records, { group, topic, partition, offset: next, ...membership });
    await removePending(this.database, this.at, next);
  }

  /** After a failure: ends what is open. Never throws. */
  abandon(): Promise<void> {
    return this.producer.abandon();
  }
}
