import type { Cluster, PlainPosition, ProducerOptions } from '../engine/ports/cluster.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import type { Feeds, FeedsOptions } from '../engine/ports/feeds.ts';
import type { Member, MemberOptions } from '../engine/ports/membership.ts';
import type { Appender, Producer } from '../engine/ports/transactions.ts';
import type { Log } from '../log/log.ts';
import type { Clock, Random } from '../time/clock.ts';
import { MemoryCluster } from './memory-cluster.ts';
import type { MemoryBroker } from './memory-broker.ts';
import { MemoryMember } from './memory-member.ts';

/**
 * A cluster in memory as one process sees it, which can be killed: then none of its requests is answered any more, the sessions of
 * its members end, and what its transactions have written stays open until somebody fences them.
 */
export class MemoryProcess implements Cluster {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  private readonly broker: MemoryBroker;
  private readonly cluster: MemoryCluster;
  private readonly members: MemoryMember[] = [];
  private readonly feedsOfAll: Feeds[] = [];
  private readonly end = Promise.withResolvers<never>();
  private killed = false;

  constructor(broker: MemoryBroker) {
    this.broker = broker;
    this.cluster = new MemoryCluster(broker);
    this.clock = this.cluster.clock;
    this.random = this.cluster.random;
    this.log = this.mortal(this.cluster.log);
    this.end.promise.catch(() => undefined);
  }

  /** Only what it has of the cluster ends: a handler, or its transaction in a database, goes on until it asks the cluster again. */
  kill(): void {
    this.killed = true;
    for (const member of this.members) member.expire();
    for (const feeds of this.feedsOfAll) void feeds.close();
  }

  /** Whatever still waits for an answer hears that there will be none: so that nothing of it is left in this process. */
  bury(): void {
    if (this.killed) this.end.reject(new Error('The process was killed'));
  }

  feeds(options: FeedsOptions): Feeds {
    const feeds = this.cluster.feeds(options);
    this.feedsOfAll.push(feeds);
    return feeds;
  }

  member(options: MemberOptions): Member {
    const member = new MemoryMember(this.broker, options);
    this.members.push(member);
    return this.mortal(member);
  }

  producer({ failpoint = async () => undefined, ...options }: ProducerOptions): Producer {
    return this.mortal(this.cluster.producer({ ...options, failpoint: this.mortalFailpoint(failpoint) }));
  }

  appender(): Appender {
    return this.mortal(this.cluster.appender());
  }

  commit(position: PlainPosition): Promise<void> {
    return this.killed ? this.end.promise : this.cluster.commit(position);
  }

  endAbandoned(service: string, groups: readonly string[]): Promise<readonly string[]> {
    return this.killed ? this.end.promise : this.cluster.endAbandoned(service, groups);
  }

  expel(transactionalId: string): Promise<void> {
    return this.killed ? this.end.promise : this.cluster.expel(transactionalId);
  }

  apart(): Cluster {
    return this;
  }

  async close(): Promise<void> {
    // The broker stays.
  }

  /** A moment at which the process is killed is its last one. */
  mortalFailpoint(failpoint: Failpoint): Failpoint {
    return async (name) => {
      if (this.killed) return this.end.promise;
      await failpoint(name);
      if (this.killed) return this.end.promise;
    };
  }

  /** The same, but for what is asked or answered after the end. */
  private mortal<T extends object>(part: T): T {
    return new Proxy(part, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (this.killed) return this.end.promise;
          const answer: unknown = value.apply(target, args);
          return answer instanceof Promise ? this.whileAlive(answer) : answer;
        };
      },
    });
  }

  private async whileAlive(answer: Promise<unknown>): Promise<unknown> {
    try {
      const value = await answer;
      return this.killed ? await this.end.promise : value;
    } catch (error) {
      if (this.killed) await this.end.promise;
      throw error;
    }
  }
}
