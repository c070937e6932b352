import type { Log } from '../../log/log.ts';
import { type BaseOffsets, partitionKey } from '../../log/partitions.ts';
import { trustedPosition } from '../../log/trusted-position.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Positions } from './lanes.ts';
import type { Member, Membership } from '../ports/membership.ts';
import type { Appender } from '../ports/transactions.ts';

export interface PlainPartitionOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The member's static name, as in MemberOptions: travels with each commit, so that a namesake refuses it. */
  readonly instanceId?: string;
}

/**
 * An assigned partition that is worked on without transactions: output and position are written one after the
 * other, and which comes first is the guarantee. Nobody is fenced; a zombie's commit is refused by its membership.
 */
export class PlainPartition {
  private readonly cluster: Cluster;
  private readonly member: Member;
  private readonly options: PlainPartitionOptions;
  private readonly appender: Appender;

  constructor(cluster: Cluster, member: Member, options: PlainPartitionOptions) {
    this.cluster = cluster;
    this.member = member;
    this.options = options;
    this.appender = cluster.appender();
  }

  get log(): Log {
    return this.cluster.log;
  }

  get number(): number {
    return this.options.partition;
  }

  /** The source's topic. */
  get topic(): string {
    return this.options.topic;
  }

  /** The group's positions in these topics, and the membership of the heartbeat that came before: nobody else owned it then. */
  async positions(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<{ positions: Positions; membership: Membership }> {
    const { group, topic, partition } = this.options;
    const membership = await this.member.confirmOwnership(topic, partition, signal);
    const stored = await Promise.all(
      topics.map((each) => trustedPosition(this.log, group, each, partition, signal)),
    );
    const positions = new Map(topics.map((each, index) => [each, stored[index]?.offset ?? 0n]));
    return { positions, membership };
  }

  /** The membership of now, to be taken before a batch is handled; see `Member.membershipOf`. */
  membership(): Membership {
    return this.member.membershipOf(this.options.topic, this.options.partition);
  }

  /**
   * Resolves when all in-sync replicas have all of the records. Answers where the first one for each partition is;
   * records of others may stand between those that follow. When it rejects, some may be there, and none is under way.
   */
  async append(records: readonly OutgoingRecord[]): Promise<BaseOffsets> {
    const settled = await Promise.allSettled(records.map((record) => this.appender.append(record)));
    const bases = new Map<string, bigint>();
    for (const [index, result] of settled.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const { topic, partition } = records[index] as OutgoingRecord;
      const key = partitionKey(topic, partition);
      if (!bases.has(key)) bases.set(key, result.value);
    }
    return bases;
  }

  /** Resolves when the group stands at this offset of the topic. See `Cluster.commit`. */
  commit(topic: string, offset: bigint, membership: Membership): Promise<void> {
    const { group, partition, instanceId } = this.options;
    return this.cluster.commit({ group, topic, partition, offset, ...membership, instanceId });
  }
}
