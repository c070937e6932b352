import type { KafkaClient } from './client.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMember } from './group-member.ts';
import { PartitionWorker, type Processor, type WorkerStatus } from './partition-worker.ts';
import { partitionKey } from './produce.ts';
import type { AssignedPartition } from './wire/group-protocol.ts';

export interface GroupConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** See GroupMemberOptions. */
  readonly instanceId?: string;
  /** Records of one transaction at most; 500 unless given. */
  readonly maxBatch?: number;
  readonly processor: (assigned: AssignedPartition, member: GroupMember) => Processor;
  /** `topic-partition` keys whose state is on this machine's disk. */
  readonly stored?: () => readonly string[];
  readonly log: ConsumerLog;
}

export interface ConsumerLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface ConsumerStatus {
  readonly joined: boolean;
  readonly silentMs: number;
  readonly workers: ReadonlyMap<string, WorkerStatus>;
}

/** One consumer group's part in this process: its membership, and a worker for each partition that is assigned. */
export class GroupConsumer {
  readonly options: GroupConsumerOptions;
  private readonly client: KafkaClient;
  private readonly fetcher: Fetcher;
  private readonly member: GroupMember;
  private readonly workers = new Map<string, PartitionWorker>();
  private changing: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(client: KafkaClient, options: GroupConsumerOptions) {
    this.client = client;
    this.options = options;
    this.fetcher = new Fetcher(client);
    this.member = new GroupMember(client, {
      group: options.group,
      topics: options.topics,
      ...(options.instanceId !== undefined && { instanceId: options.instanceId }),
      held: () => ({ running: [...this.workers.keys()], stored: options.stored?.() ?? [] }),
      assigned: (partitions) => this.reassign(partitions),
      report: (event, detail) => (event === 'joined' ? options.log.info(detail) : options.log.warn(detail)),
    });
  }

  start(): void {
    this.member.start();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    const stopping = [...this.workers.values()].map((worker) => worker.stop());
    await Promise.all([this.changing, ...stopping]);
    await this.member.stop();
    await this.fetcher.close();
    await this.client.close();
  }

  /** Workers by `topic-partition`, empty until the group was joined; and for how long the coordinator was silent. */
  get status(): ConsumerStatus {
    const workers = new Map([...this.workers].map(([key, worker]) => [key, worker.status] as const));
    return { joined: this.member.joined, silentMs: this.member.silentMs, workers };
  }

  /** One change after the other: a partition that comes back starts only when its old worker has let go. */
  private reassign(partitions: readonly AssignedPartition[]): void {
    this.changing = this.changing
      .then(() => this.change(partitions))
      .catch((error: Error) => this.options.log.error(`${this.options.group}: ${error.message}`));
  }

  private async change(partitions: readonly AssignedPartition[]): Promise<void> {
    if (this.stopped) return;
    const wanted = new Map(
      partitions.map((assigned) => [partitionKey(assigned.topic, assigned.partition), assigned]),
    );
    const leaving = [...this.workers].filter(([key]) => !wanted.has(key));
    for (const [key] of leaving) this.workers.delete(key);
    for (const [key, assigned] of wanted)
      if (!this.workers.has(key)) this.workers.set(key, this.work(assigned));
    await Promise.all(leaving.map(([, worker]) => worker.stop()));
  }

  private work(assigned: AssignedPartition): PartitionWorker {
    const { group, maxBatch = 500, processor, log } = this.options;
    const where = `${group} ${partitionKey(assigned.topic, assigned.partition)}`;
    return new PartitionWorker(this.fetcher, processor(assigned, this.member), {
      ...assigned,
      maxBatch,
      report: (error, retryInMs) => {
        if (retryInMs === undefined) log.error(`${where} stopped: ${error.message}`);
        else log.warn(`${where}: ${error.message}; again in ${retryInMs} ms`);
      },
    });
  }
}
