import type { Outages } from '../failures/outage.ts';
import type { Cluster } from './ports/cluster.ts';
import type { Feeds } from './ports/feeds.ts';
import type { Member } from './ports/membership.ts';
import type { TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';
import type { MemoryBudget } from './worker/memory-budget.ts';
import { PartitionWorker, type WorkerStatus } from './worker/partition-worker.ts';
import type { Processor } from './worker/processor.ts';
import type { HeldBack } from './worker/partition-feed.ts';
import { within } from '../time/waiting.ts';

export interface GroupConsumerOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** See MemberOptions. */
  readonly instanceId?: string;
  /** See MemberOptions. */
  readonly partitions?: (topic: string) => number;
  /** Records of one transaction at most; 500 unless given. */
  readonly maxBatch?: number;
  /**
   * Milliseconds that the handler may take for one batch, 60,000 unless given; Infinity for handlers that keep a
   * time of their own. After that the batch is thrown away and handled again, one record at a time.
   */
  readonly handlerTimeoutMs?: number;
  /** Memory for records that wait, shared with other groups; 64 MiB for this one alone unless given. */
  readonly budget?: MemoryBudget;
  /** See MemberOptions. */
  readonly otherKindPauseMs?: number;
  readonly processor: (assigned: TopicPartition, member: Member) => Processor;
  /** What is known about dependencies that are down, shared with other groups. */
  readonly outages?: Outages;
  /** `topic-partition` keys whose state is on this machine's disk. */
  readonly stored?: () => readonly string[];
  readonly log: ConsumerLog;
}

export interface ConsumerLog {
  info(message: string): void;
  /** `error` is what the message tells of, for its code and fields. */
  warn(message: string, error?: Error): void;
  error(message: string, error?: Error): void;
}

export interface ConsumerStatus {
  readonly joined: boolean;
  /** Why the group is not joined, or what failed and is started again. */
  readonly trouble?: string;
  readonly silentMs: number;
  /** Of the records that wait, or are in the hands of handlers. */
  readonly bufferedBytes: number;
  readonly workers: ReadonlyMap<string, WorkerStatus>;
  /** What somebody's open transactions keep from the workers. */
  readonly heldBack: readonly HeldBack[];
  /** What operators should know about the workers, though it stops nothing. */
  readonly notices: readonly string[];
}

/** Milliseconds until a partition whose processor could not be made is tried again. */
const RETRY_MS = 5_000;
/** Milliseconds between two looks whether workers owe something: one for all, so that those who wait need no timer. */
const LOOK_MS = 5_000;
/** Milliseconds for the connections to close, once the group was left. */
const CLOSING_MS = 300;

/** One consumer group's part in this process: its membership, and a worker for each partition that is assigned. */
export class GroupConsumer {
  readonly options: GroupConsumerOptions;
  private readonly cluster: Cluster;
  private readonly feeds: Feeds;
  private readonly member: Member;
  private readonly workers = new Map<string, PartitionWorker>();
  private refused: ReadonlyMap<string, WorkerStatus> = new Map();
  private assigned: readonly TopicPartition[] = [];
  private changing: Promise<void> = Promise.resolve();
  private stopped = false;
  private cancelRetry: () => void = () => undefined;
  private cancelLook: () => void = () => undefined;

  constructor(cluster: Cluster, options: GroupConsumerOptions) {
    this.cluster = cluster;
    this.options = options;
    this.feeds = cluster.feeds({
      report: (error) => options.log.error(`${options.group}: fetching failed: ${error.message}`, error),
      ...(options.budget && { budget: options.budget }),
    });
    this.member = cluster.member({
      group: options.group,
      topics: options.topics,
      partitions: options.partitions,
      ...(options.instanceId !== undefined && { instanceId: options.instanceId }),
      ...(options.otherKindPauseMs !== undefined && { otherKindPauseMs: options.otherKindPauseMs }),
      held: () => ({ running: [...this.workers.keys()], stored: options.stored?.() ?? [] }),
      assigned: (partitions) => {
        this.assigned = partitions;
        this.reassign();
      },
      report: (event, detail) => (event === 'joined' ? options.log.info(detail) : options.log.warn(detail)),
    });
  }

  start(): void {
    this.member.start();
    this.lookLater();
  }

  /**
   * Lets the batches under way finish, then leaves the group. Resolves within 9 seconds, also when a handler hangs
   * or brokers do not answer.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry();
    this.cancelLook();
    const stopping = [...this.workers.values()].map((worker) => worker.stop());
    await Promise.all([this.changing, ...stopping]);
    this.workers.clear();
    await this.member.stop();
    await within(
      this.cluster.clock,
      CLOSING_MS,
      this.feeds.close().then(() => this.cluster.close()),
    );
  }

  /** Workers by `topic-partition`, empty until the group was joined; and for how long the coordinator was silent. */
  get status(): ConsumerStatus {
    const working = [...this.workers].map(([key, worker]) => [key, worker.status] as const);
    const trouble = this.member.trouble ?? this.feeds.trouble;
    return {
      joined: this.member.joined,
      silentMs: this.member.silentMs,
      bufferedBytes: this.feeds.bufferedBytes,
      workers: new Map([...this.refused, ...working]),
      heldBack: [...this.workers.values()].flatMap(({ heldBack }) => heldBack),
      notices: [...this.workers.values()].flatMap(({ notices }) => notices),
      ...(trouble !== undefined && { trouble }),
    };
  }

  private lookLater(): void {
    const look = () => {
      for (const worker of this.workers.values()) worker.look();
      this.lookLater();
    };
    this.cancelLook = this.cluster.clock.timer(LOOK_MS, look, 'background');
  }

  /** One change after the other: a partition that comes back starts only when its old worker has let go. */
  private reassign(): void {
    const { assigned } = this;
    this.changing = this.changing
      .then(() => this.change(assigned))
      .catch((error: Error) => this.options.log.error(`${this.options.group}: ${error.message}`, error));
  }

  private async change(partitions: readonly TopicPartition[]): Promise<void> {
    if (this.stopped) return;
    const wanted = new Map(
      partitions.map((assigned) => [partitionKey(assigned.topic, assigned.partition), assigned]),
    );
    const leaving = [...this.workers].filter(([key]) => !wanted.has(key));
    for (const [key] of leaving) this.workers.delete(key);
    const stopping = leaving.map(([, worker]) => worker.stop());
    this.begin(wanted);
    await Promise.all(stopping);
  }

  /** Starts what is not worked on yet. A partition whose processor cannot be made is refused, and tried again later. */
  private begin(wanted: ReadonlyMap<string, TopicPartition>): void {
    const refused = new Map<string, WorkerStatus>();
    for (const [key, assigned] of wanted) {
      if (this.workers.has(key)) continue;
      try {
        this.workers.set(key, this.work(assigned));
      } catch (error) {
        refused.set(key, this.refusal(key, error as Error));
      }
    }
    this.refused = refused;
    this.cancelRetry();
    // A file that cannot be opened, say: nobody tells when it can.
    if (refused.size > 0)
      this.cancelRetry = this.cluster.clock.timer(RETRY_MS, () => this.reassign(), 'background');
  }

  /** Told once, for as long as it lasts. */
  private refusal(key: string, error: Error): WorkerStatus {
    if (!this.refused.has(key)) this.options.log.error(error.message, error);
    return { state: 'stopped', reason: error.message };
  }

  private work(assigned: TopicPartition): PartitionWorker {
    const { group, maxBatch = 500, handlerTimeoutMs, outages, processor, log } = this.options;
    const where = `${group} ${partitionKey(assigned.topic, assigned.partition)}`;
    return new PartitionWorker(this.feeds, processor(assigned, this.member), {
      ...assigned,
      clock: this.cluster.clock,
      group,
      maxBatch,
      ...(handlerTimeoutMs !== undefined && { handlerTimeoutMs }),
      ...(outages && { outages }),
      report: (error, next) => {
        if (next === undefined) log.error(`${where} stopped: ${error.message}`, error);
        else if (typeof next === 'string') log.warn(`${where} waits for ${next}: ${error.message}`, error);
        else log.warn(`${where}: ${error.message}; again in ${next} ms`, error);
      },
    });
  }
}
