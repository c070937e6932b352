import type { OpenTransaction } from './abort-filter.ts';
import { Cluster, type ClusterOptions, nameOf } from './cluster.ts';
import { PartitionLog } from './partition-log.ts';
import type { Batch, LoggedRecord } from './record-batch.ts';
import {
  COMMITTED,
  EARLIEST,
  fetch,
  LATEST,
  listOffsets,
  offsetFetch,
  type TopicPartition,
  UNCOMMITTED,
} from './requests.ts';

export interface LogReaderOptions extends ClusterOptions {
  /** Whether records of this topic come with their values; true for each unless given. */
  readonly withValues?: (topic: string) => boolean;
  /** Where it begins to read each partition: at its beginning unless given. */
  readonly from?: 'beginning' | 'end';
  /** Is given each batch once, committed or not, those of a partition in the order of their offsets. */
  readonly onBatch?: (at: TopicPartition, batch: Batch) => void;
  /** Bytes that are asked for at once, of one partition and of all that one broker leads. */
  readonly maxPartitionBytes?: number;
  readonly maxBytes?: number;
}

export interface End {
  readonly partition: number;
  /** The last stable offset: the first of an open transaction, or the end. */
  readonly stable: bigint;
  readonly end: bigint;
}

/**
 * Reads topics, uncommitted, and finds out by itself what is committed. It shares nothing with
 * the platform that it reads, so that it can contradict it. It knows nothing of groups, and joins none.
 */
export class LogReader {
  private readonly cluster: Cluster;
  private readonly withValues: (topic: string) => boolean;
  private readonly onBatch: LogReaderOptions['onBatch'];
  private readonly first: bigint;
  private readonly size;
  private readonly logs = new Map<string, PartitionLog>();
  private readonly ready: LoggedRecord[] = [];

  /** Addresses as `host:port,host:port`. */
  constructor(bootstrap: string, options: LogReaderOptions = {}) {
    this.cluster = new Cluster(bootstrap, options);
    this.withValues = options.withValues ?? (() => true);
    this.onBatch = options.onBatch;
    this.first = options.from === 'end' ? LATEST : EARLIEST;
    const { maxPartitionBytes = 1024 * 1024, maxBytes = 8 * 1024 * 1024 } = options;
    this.size = { maxPartitionBytes, maxBytes };
  }

  /**
   * Reads on to what are the ends of these topics when it is called. `deliver` is given each committed record once,
   * those of a partition in the order of their offsets; records behind an open transaction come with a later call.
   * What `deliver` throws ends the call, and the next one begins with the same record. Fails with a LogError when
   * brokers are away for too long, and when records are gone that were there.
   */
  async refresh(topics: readonly string[], deliver: (record: LoggedRecord) => void): Promise<void> {
    this.drain(deliver);
    const partitions = await this.cluster.partitions(topics);
    await this.begin(partitions.filter((each) => !this.logs.has(nameOf(each))));
    const targets = await this.targets(partitions);
    const behind = partitions.filter((each) => this.log(each).position < (targets.get(nameOf(each)) ?? 0n));
    await this.cluster.gather(
      behind,
      (some) =>
        fetch(
          some.map((each) => ({ ...each, offset: this.log(each).position })),
          this.size,
        ),
      (answer) => {
        const log = this.log(answer);
        const { position } = log;
        for (const record of log.absorb(answer, this.withValues(answer.topic), this.onBatch))
          this.ready.push(record);
        this.drain(deliver);
        const target = targets.get(nameOf(answer)) ?? 0n;
        if (log.position >= target) return 'done';
        return log.position > position ? 'more' : log.gone(`gives nothing before its end ${target}`);
      },
    );
  }

  /** Both ends of each partition, in the order of partitions. */
  async ends(topic: string): Promise<End[]> {
    const partitions = await this.cluster.partitions([topic]);
    const stable = await this.offsets(partitions, COMMITTED, LATEST);
    const end = await this.offsets(partitions, UNCOMMITTED, LATEST);
    return partitions.map((each) => ({
      partition: each.partition,
      stable: stable.get(nameOf(each)) ?? 0n,
      end: end.get(nameOf(each)) ?? 0n,
    }));
  }

  /** The position of a group in each partition, the next record's offset; undefined where it has none. */
  async committed(group: string, topic: string): Promise<(bigint | undefined)[]> {
    const partitions = await this.cluster.partitions([topic]);
    const { positions } = await this.cluster.coordinated(
      group,
      offsetFetch(group, partitions),
      ({ error, positions }) => error || (positions.find((each) => each.error !== 0)?.error ?? 0),
    );
    const known = new Map(positions.map((each) => [each.partition, each.offset]));
    return partitions.map(({ partition }) => {
      const offset = known.get(partition) ?? -1n;
      return offset < 0n ? undefined : offset;
    });
  }

  /** Offsets of the aborted records of each partition, ascending, as far as records were delivered. */
  aborted(topic: string): (readonly bigint[])[] {
    return this.logsOf(topic).map(({ filter }) => filter.aborted);
  }

  /** Transactions without an end, as far as this reader has read. */
  open(topic: string): (OpenTransaction & { readonly partition: number })[] {
    return this.logsOf(topic).flatMap(({ at: { partition }, filter }) =>
      filter.open().map((transaction) => ({ ...transaction, partition })),
    );
  }

  /** What the markers of the log say and no broker may write. */
  oddities(): string[] {
    return [...this.logs].flatMap(([name, { filter }]) => filter.oddities.map((each) => `${name}: ${each}`));
  }

  close(): void {
    this.cluster.close();
  }

  private async begin(partitions: readonly TopicPartition[]): Promise<void> {
    const starts = await this.offsets(partitions, UNCOMMITTED, this.first);
    for (const { topic, partition } of partitions) {
      const name = nameOf({ topic, partition });
      if (!this.logs.has(name))
        this.logs.set(name, new PartitionLog({ topic, partition }, starts.get(name) ?? 0n));
    }
  }

  /** The ends of the log now. One that lies before what was read is waited for: a new leader may be behind. */
  private targets(partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
    return this.offsets(partitions, UNCOMMITTED, LATEST, true);
  }

  private async offsets(
    partitions: readonly TopicPartition[],
    isolation: number,
    timestamp: bigint,
    behindWhatWasRead = false,
  ): Promise<Map<string, bigint>> {
    const offsets = new Map<string, bigint>();
    await this.cluster.gather(
      partitions,
      (some) => listOffsets(some, isolation, timestamp),
      (answer) => {
        const log = behindWhatWasRead ? this.log(answer) : undefined;
        if (log && answer.offset < log.position) return log.gone(`ends at ${answer.offset}`);
        offsets.set(nameOf(answer), answer.offset);
        return 'done';
      },
    );
    return offsets;
  }

  private drain(deliver: (record: LoggedRecord) => void): void {
    let delivered = 0;
    try {
      for (const record of this.ready) {
        deliver(record);
        delivered++;
      }
    } finally {
      this.ready.splice(0, delivered);
    }
  }

  private log(at: TopicPartition): PartitionLog {
    return this.logs.get(nameOf(at)) as PartitionLog;
  }

  private logsOf(topic: string): PartitionLog[] {
    return [...this.logs.values()]
      .filter(({ at }) => at.topic === topic)
      .sort((a, b) => a.at.partition - b.at.partition);
  }
}
