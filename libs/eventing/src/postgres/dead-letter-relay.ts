import type { CommitCycles, Share } from '../engine/commits/commit-cycles.ts';
import type { Log } from '../log/log.ts';
import type { Membership } from '../engine/ports/membership.ts';
import { deadLetterTopic } from '../domain/index.ts';
import { RecordTooLarge } from '../log/errors.ts';
import { believedPosition, encodeWitness } from '../engine/commits/witness.ts';
import { type Pending, pendingOf, removePending } from './outbox-table.ts';
import type { AnyDatabase, ProjectedPartition } from './positions-table.ts';

/**
 * Publishes what a projection has left in its outbox, each record once: the number of the last one is committed in the
 * same Kafka transaction, as the group's offset on the dead-letter topic, and what was published before a crash is known
 * by it. That offset stands still: it is read after a heartbeat, and what an earlier owner has sent makes it unstable.
 */
export class DeadLetterRelay {
  private readonly log: Log;
  private readonly transactions: CommitCycles;
  private readonly database: AnyDatabase;
  private readonly at: ProjectedPartition;
  private formerExpelled = false;

  constructor(log: Log, transactions: CommitCycles, database: AnyDatabase, at: ProjectedPartition) {
    this.log = log;
    this.transactions = transactions;
    this.database = database;
    this.at = at;
  }

  /** Resolves when the outbox is empty. `confirm`: a heartbeat; see `Share`. */
  async relay(confirm: Share['confirm'], signal: AbortSignal): Promise<void> {
    const pending = await pendingOf(this.database, this.at);
    const last = pending.at(-1);
    if (!last) return;
    const { at, log } = this;
    const membership = await confirm(signal);
    await this.transactions.ready(signal);
    await this.expelFormer();
    const topic = deadLetterTopic(at.projection, at.topic);
    const stored = await log.position(at.projection, topic, at.partition, signal);
    const { offset: published } = await believedPosition(log, stored, signal);
    const unpublished = pending.filter(({ seq }) => seq >= published);
    if (unpublished.length > 0) await this.publish(unpublished, membership, confirm);
    await removePending(this.database, at, last.seq + 1n);
  }

  /** See `TransactionalProcessor`. */
  private async expelFormer(): Promise<void> {
    const { projection, topic, partition } = this.at;
    if (!this.formerExpelled) await this.transactions.expel(`${projection}.${topic}.${partition}`);
    this.formerExpelled = true;
  }

  /** In one transaction, or in several when that is too large for the topic. */
  private async publish(
    pending: readonly Pending[],
    membership: Membership,
    confirm: Share['confirm'],
  ): Promise<void> {
    try {
      await this.transact(pending, membership, confirm);
    } catch (error) {
      if (!(error instanceof RecordTooLarge) || pending.length === 1) throw error;
      const middle = Math.ceil(pending.length / 2);
      await this.publish(pending.slice(0, middle), membership, confirm);
      await this.publish(pending.slice(middle), membership, confirm);
    }
  }

  private async transact(
    pending: readonly Pending[],
    membership: Membership,
    confirm: Share['confirm'],
  ): Promise<void> {
    const { projection: group, topic: source, partition } = this.at;
    const topic = deadLetterTopic(group, source);
    const offset = (pending.at(-1)?.seq ?? -1n) + 1n;
    const first = pending[0]?.seq ?? offset;
    await this.transactions.commit({
      records: pending.map(({ record }) => record),
      position: { group, topic, partition, offset, ...membership },
      metadata: (bases, producerId) => encodeWitness(first, bases, producerId),
      confirm,
    });
  }
}
