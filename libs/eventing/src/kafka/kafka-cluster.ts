import type { Cluster, PlainPosition, ProducerOptions } from '../engine/ports/cluster.ts';
import type { Feeds, FeedsOptions } from '../engine/ports/feeds.ts';
import type { Member, MemberOptions } from '../engine/ports/membership.ts';
import type { Appender, Producer } from '../engine/ports/transactions.ts';
import type { Log } from '../log/log.ts';
import { endAbandoned, expel } from './open-transactions/abandoned-transactions.ts';
import type { KafkaClient } from './client/client.ts';
import { system } from '../time/system-clock.ts';
import { Fetcher } from './reading/fetcher.ts';
import { GroupMember } from './groups/group-member.ts';
import { KafkaLog } from './reading/kafka-log.ts';
import { LogAppender } from './producing/log-appender.ts';
import { PlainCommits } from './groups/plain-commits.ts';
import { TransactionalProducer } from './producing/transactional-producer.ts';

/** A Kafka cluster, as groups work on it. */
export class KafkaCluster implements Cluster {
  readonly log: Log;
  readonly clock = system.clock;
  readonly random = system.random;
  private readonly client: KafkaClient;
  private readonly commits: PlainCommits;
  /** What waits for replicas holds up no other question. */
  private appending: KafkaClient | undefined;
  /** Whose transaction is open is asked of brokers that may be away: a producer does not wait behind that. */
  private looking: KafkaClient | undefined;

  constructor(client: KafkaClient) {
    this.client = client;
    this.log = new KafkaLog(client);
    this.commits = new PlainCommits(client);
  }

  feeds(options: FeedsOptions): Feeds {
    return new Fetcher(this.client, options);
  }

  member(options: MemberOptions): Member {
    return new GroupMember(this.client, options);
  }

  producer(options: ProducerOptions): Producer {
    return new TransactionalProducer(this.client, options);
  }

  appender(): Appender {
    this.appending ??= this.client.sibling('appender');
    return new LogAppender(this.appending);
  }

  commit(position: PlainPosition): Promise<void> {
    return this.commits.commit(position);
  }

  endAbandoned(service: string, groups: readonly string[]): Promise<readonly string[]> {
    return endAbandoned(this.lookingAround, service, groups);
  }

  expel(transactionalId: string): Promise<void> {
    return expel(this.lookingAround, transactionalId);
  }

  private get lookingAround(): KafkaClient {
    return (this.looking ??= this.client.sibling('abandoned'));
  }

  apart(name: string): Cluster {
    return new KafkaCluster(this.client.sibling(name));
  }

  async close(): Promise<void> {
    await Promise.all([this.log.close(), this.appending?.close(), this.looking?.close()]);
  }
}
