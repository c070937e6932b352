import type { Cluster, PlainPosition, ProducerOptions } from '../engine/ports/cluster.ts';
import { prefixOf, transactionalIdsOf } from '../engine/commits/transactional-ids.ts';
import type { Feeds, FeedsOptions } from '../engine/ports/feeds.ts';
import type { Member, MemberOptions } from '../engine/ports/membership.ts';
import type { Appender, Producer } from '../engine/ports/transactions.ts';
import type { Clock, Random } from '../time/clock.ts';
import type { Log } from '../log/log.ts';
import { MemoryBroker } from './memory-broker.ts';
import { MemoryFeeds } from './memory-feeds.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryMember } from './memory-member.ts';
import { MemoryProducer } from './memory-producer.ts';

/** A cluster in this process. It keeps what a broker keeps, for as long as somebody holds it. */
export class MemoryCluster implements Cluster {
  readonly broker: MemoryBroker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  private readonly members: MemoryMember[] = [];

  constructor(broker = new MemoryBroker()) {
    this.broker = broker;
    this.clock = broker.surroundings.clock;
    this.random = broker.surroundings.random;
    this.log = new MemoryLog(broker);
  }

  feeds({ budget }: FeedsOptions): Feeds {
    return new MemoryFeeds(this.broker, budget);
  }

  member(options: MemberOptions): Member {
    const member = new MemoryMember(this.broker, options);
    this.members.push(member);
    return member;
  }

  producer(options: ProducerOptions): Producer {
    return new MemoryProducer(this.broker, options);
  }

  appender(): Appender {
    return { append: async (record) => this.broker.append(record) };
  }

  async commit(position: PlainPosition): Promise<void> {
    this.broker.group(position.group).commit(position);
    this.broker.changed();
  }

  async endAbandoned(service: string, groups: readonly string[]): Promise<readonly string[]> {
    const { broker } = this;
    const idsOf = (instance: string) => transactionalIdsOf({ service, instance });
    const living = new Set(groups.flatMap((group) => broker.group(group).instances.flatMap(idsOf)));
    const own = broker.transactions.open.filter((id) => id.startsWith(prefixOf(service)));
    const abandoned = own.filter((id) => !living.has(id));
    for (const id of abandoned) broker.transactions.fence(id);
    if (abandoned.length > 0) broker.changed();
    return abandoned;
  }

  async expel(transactionalId: string): Promise<void> {
    const { transactions } = this.broker;
    if (!transactions.open.includes(transactionalId)) return;
    transactions.fence(transactionalId);
    this.broker.changed();
  }

  apart(): MemoryCluster {
    return new MemoryCluster(this.broker);
  }

  /** The members that were made here do not heartbeat any more, as if their process was stopped. */
  pause(): void {
    for (const member of this.members) member.pause();
  }

  resume(): void {
    for (const member of this.members) member.resume();
  }

  async close(): Promise<void> {
    // The broker stays.
  }
}
