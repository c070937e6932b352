import { Cluster, type ClusterOptions, nameOf } from './cluster.ts';
import { describeProducers, type OpenAtLeader } from './describe-producers.ts';
import { COMMITTED, LATEST, listOffsets, type TopicPartition, UNCOMMITTED } from './requests.ts';

/** Milliseconds after which a stable offset that does not move is asked about: most transactions are shorter. */
const STILL_MS = 2_000;

/** The last stable offset of a partition stands below its high watermark. */
export interface Standstill extends TopicPartition {
  readonly stable: bigint;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly since: number;
  readonly end: bigint;
  /** What the leader said is open, as soon as that was asked. */
  readonly open: readonly OpenAtLeader[];
}

/** Follows the last stable offsets of partitions against their high watermarks. */
export class StableOffsets {
  private readonly cluster: Cluster;
  private readonly topics: readonly string[];
  private readonly current = new Map<string, Standstill>();

  constructor(bootstrap: string, topics: readonly string[], options: ClusterOptions = {}) {
    this.cluster = new Cluster(bootstrap, options);
    this.topics = topics;
  }

  /** One look at all partitions. */
  async look(): Promise<void> {
    const partitions = await this.cluster.partitions(this.topics);
    // In this order: an end that was looked up first may lie below a stable offset that moved on meanwhile, but never the other way round.
    const ends = await this.offsets(partitions, UNCOMMITTED);
    const stable = await this.offsets(partitions, COMMITTED);
    const now = Date.now();
    for (const at of partitions) this.note(at, stable.get(nameOf(at)) ?? 0n, ends.get(nameOf(at)) ?? 0n, now);
    await this.ask(
      [...this.current.values()].filter(({ since, open }) => now - since >= STILL_MS && !open[0]),
    );
  }

  /** Those that last. */
  get standing(): Standstill[] {
    return [...this.current.values()];
  }

  close(): void {
    this.cluster.close();
  }

  private note({ topic, partition }: TopicPartition, stable: bigint, end: bigint, now: number): void {
    const name = nameOf({ topic, partition });
    const known = this.current.get(name);
    if (known && known.stable === stable && stable < end) this.current.set(name, { ...known, end });
    else {
      this.current.delete(name);
      if (stable < end) this.current.set(name, { topic, partition, stable, end, since: now, open: [] });
    }
  }

  private async ask(still: readonly Standstill[]): Promise<void> {
    await this.cluster.gather(still, describeProducers, ({ open, ...at }) => {
      const known = this.current.get(nameOf(at));
      if (known) this.current.set(nameOf(at), { ...known, open });
      return 'done';
    });
  }

  private async offsets(partitions: readonly TopicPartition[], isolation: number) {
    const offsets = new Map<string, bigint>();
    await this.cluster.gather(
      partitions,
      (some) => listOffsets(some, isolation, LATEST),
      (answer) => {
        offsets.set(nameOf(answer), answer.offset);
        return 'done';
      },
    );
    return offsets;
  }
}
