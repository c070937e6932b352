import type { KafkaClient } from '../kafka/client.ts';
import { isUnanswered } from '../log/errors.ts';
import type { GroupMember, Membership } from '../kafka/group-member.ts';
import type { Positions } from './lanes.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { trustedOffset } from '../kafka/positions.ts';
import { type BaseOffsets, partitionKey } from '../kafka/produce.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { retrying } from '../kafka/retry.ts';
import { offsetCommitExchange } from '../kafka/wire/offset-commit.ts';

export interface PlainPartitionOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The member's static name, as in GroupMemberOptions: travels with each commit, so that a namesake refuses it. */
  readonly instanceId?: string;
}

/** Milliseconds for which a commit that the coordinator put off is asked again. */
const COMMIT_MS = 10_000;

/**
 * An assigned partition that is worked on without transactions: output and position are written one after the
 * other, and which comes first is the guarantee. Nobody is fenced; a zombie's commit is refused by its membership.
 */
export class PlainPartition {
  readonly client: KafkaClient;
  private readonly member: GroupMember;
  private readonly options: PlainPartitionOptions;
  private readonly appender: LogAppender;

  constructor(client: KafkaClient, member: GroupMember, options: PlainPartitionOptions) {
    this.client = client;
    this.member = member;
    this.options = options;
    this.appender = new LogAppender(client);
  }

  get number(): number {
    return this.options.partition;
  }

  /** The group's positions in these topics, and the membership of the heartbeat that came before: nobody else owned it then. */
  async positions(
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<{ positions: Positions; membership: Membership }> {
    const { group, topic, partition } = this.options;
    const membership = await this.member.confirmOwnership(topic, partition, signal);
    const offsets = await Promise.all(
      topics.map((each) => trustedOffset(this.client, group, each, partition, signal)),
    );
    const positions = new Map(topics.map((each, index) => [each, offsets[index] as bigint]));
    return { positions, membership };
  }

  /** The source's topic. */
  get topic(): string {
    return this.options.topic;
  }

  /** The membership of now, to be taken before a batch is handled; see `GroupMember.membershipOf`. */
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

  /**
   * Resolves when the group stands at this offset of the topic. A commit that was not answered is not repeated: it may have
   * taken place, or may still. Throws LogError, for one with ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID or
   * FENCED_INSTANCE_ID when the group has moved on.
   */
  async commit(topic: string, offset: bigint, membership: Membership): Promise<void> {
    const { group, instanceId = null } = this.options;
    const exchange = offsetCommitExchange({ ...this.options, ...membership, instanceId, topic, offset });
    await retrying(
      async () => this.client.exchange<void>(await this.client.coordinator('group', group), exchange),
      { forMs: COMMIT_MS, unless: isUnanswered },
    );
  }
}
