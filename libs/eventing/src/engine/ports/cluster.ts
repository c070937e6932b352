import type { Surroundings } from '../../time/clock.ts';
import type { Log } from '../../log/log.ts';
import type { Failpoint } from '../failpoints.ts';
import type { Feeds, FeedsOptions } from './feeds.ts';
import type { Member, MemberOptions } from './membership.ts';
import type { Appender, GroupPosition, Producer } from './transactions.ts';

export interface ProducerOptions {
  readonly transactionalId: string;
  readonly failpoint?: Failpoint;
}

export interface PlainPosition extends GroupPosition {
  /** The member's static name: travels with the position, so that a namesake is refused (KIP-345). */
  readonly instanceId: string | undefined;
}

/** Everything that groups need to work: `kafka/` has it on brokers, `memory/` in this process. */
export interface Cluster extends Surroundings {
  readonly log: Log;
  feeds(options: FeedsOptions): Feeds;
  member(options: MemberOptions): Member;
  producer(options: ProducerOptions): Producer;
  appender(): Appender;
  /**
   * Commits a position outside of any transaction. One that was not answered is not repeated: it may have taken place, or may
   * still. Throws LogError, with ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID when the group has moved on.
   */
  commit(position: PlainPosition): Promise<void>;
  /**
   * Ends the transactions that processes of this service have left open: those whose process is in none of these groups any more.
   * Answers their transactional ids. Throws LogError, also where a right is missing; what it names. Holds up no producer.
   */
  endAbandoned(service: string, groups: readonly string[]): Promise<readonly string[]>;
  /**
   * Ends what is open under this transactional id, and locks out whoever has it. Nothing where nothing is open. Throws LogError as
   * `endAbandoned` does.
   */
  expel(transactionalId: string): Promise<void>;
  /** The same cluster, whose requests wait for none of those that are made here. To be closed. */
  apart(name: string): Cluster;
  close(): Promise<void>;
}
