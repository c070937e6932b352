import type { Cluster } from '../engine/cluster.ts';
import type { Producer } from '../engine/transactions.ts';
import type { Membership } from '../engine/membership.ts';
import { deadLetterTopic } from '../domain/index.ts';
import { RecordTooLarge } from '../log/errors.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { believedPosition, encodeWitness } from '../engine/witness.ts';
import { type Pending, pendingOf, removePending } from './outbox-table.ts';
import type { AnyDatabase, ProjectedPartition } from './positions-table.ts';

/**
 * Publishes what a projection has left in its outbox, each record once: the number of the last one is committed in the
 * same Kafka transaction, as the group's offset on the dead-letter topic, and what was published before a crash is known
 * by it. The producer is fenced first, because only then does that offset stand still.
 */
export class DeadLetterRelay {
  private readonly cluster: Cluster;
  private readonly database: AnyDatabase;
  private readonly at: ProjectedPartition;
  private readonly producer: Producer;

  constructor(cluster: Cluster, database: AnyDatabase, at: ProjectedPartition, failpoint: Failpoint) {
    this.cluster = cluster;
    this.database = database;
    this.at = at;
    const transactionalId = `${at.projection}.${at.topic}.${at.partition}`;
    this.producer = cluster.producer({ transactionalId, failpoint });
  }

  /** Resolves when the outbox is empty. */
  async relay(membership: Membership, signal: AbortSignal): Promise<void> {
    const pending = await pendingOf(this.database, this.at);
    const last = pending.at(-1);
    if (!last) return;
    const { at } = this;
    const { log } = this.cluster;
    await this.producer.fence(signal);
    const topic = deadLetterTopic(at.projection, at.topic);
    const stored = await log.position(at.projection, topic, at.partition, signal);
    const { offset: published } = await believedPosition(log, stored, signal);
    const unpublished = pending.filter(({ seq }) => seq >= published);
    if (unpublished.length > 0) await this.publish(unpublished, membership, signal);
    await removePending(this.database, at, last.seq + 1n);
  }

  /** In one transaction, or in several when that is too large for the topic. */
  private async publish(
    pending: readonly Pending[],
    membership: Membership,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.transact(pending, membership);
    } catch (error) {
      if (!(error instanceof RecordTooLarge) || pending.length === 1) throw error;
      const middle = Math.ceil(pending.length / 2);
      await this.producer.fence(signal);
      await this.publish(pending.slice(0, middle), membership, signal);
      await this.publish(pending.slice(middle), membership, signal);
    }
  }

  private async transact(pending: readonly Pending[], membership: Membership): Promise<void> {
    const { projection: group, topic: source, partition } = this.at;
    const topic = deadLetterTopic(group, source);
    const offset = (pending.at(-1)?.seq ?? -1n) + 1n;
    const records = pending.map(({ record }) => record);
    const first = pending[0]?.seq ?? offset;
    await this.producer.transact([
      {
        records,
        position: { group, topic, partition, offset, ...membership },
        metadata: (bases, producerId) => encodeWitness(first, bases, producerId),
      },
    ]);
  }

  /** After a failure: ends what is open. Never throws. */
  abandon(): Promise<void> {
    return this.producer.abandon();
  }
}
