import type { Member, MemberOptions, Membership } from '../engine/membership.ts';
import { PartitionLost } from '../log/errors.ts';
import type { TopicPartition } from '../log/log.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { MemoryBroker } from './memory-broker.ts';

/** A member of a group of a broker in memory: it hears of a rebalance at once. */
export class MemoryMember implements Member {
  readonly trouble = undefined;
  readonly silentMs = 0;
  private readonly options: MemberOptions;
  private readonly memberId: string;
  private readonly group: GroupCoordinator;
  private stopped = false;
  private generation = -1;
  private partitions: readonly TopicPartition[] = [];

  constructor(broker: MemoryBroker, options: MemberOptions) {
    this.options = options;
    this.memberId = broker.nextMember();
    this.group = broker.group(options.group);
  }

  get joined(): boolean {
    return this.generation >= 0;
  }

  /** It has joined a little later, as on a cluster. */
  start(): void {
    setImmediate(() => this.join());
  }

  private join(): void {
    if (this.stopped) return;
    const { topics, held, report, group, assigned, partitions: most } = this.options;
    this.group.join(this.memberId, {
      candidate: () => ({ memberId: this.memberId, topics, ...held() }),
      rebalanced: (generation, partitions) => {
        this.generation = generation;
        const declared = partitions.filter(({ topic, partition }) => partition < (most?.(topic) ?? Infinity));
        this.partitions = declared;
        report('joined', `${group} generation ${generation}`);
        assigned(declared);
      },
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.group.leave(this.memberId);
    this.generation = -1;
    this.partitions = [];
  }

  membershipOf(topic: string, partition: number): Membership {
    const owned = this.partitions.some((mine) => mine.topic === topic && mine.partition === partition);
    if (!owned) throw new PartitionLost(topic, partition);
    return { memberId: this.memberId, generation: this.generation };
  }

  async confirmOwnership(topic: string, partition: number): Promise<Membership> {
    const membership = this.membershipOf(topic, partition);
    try {
      this.group.confirm(membership);
      return membership;
    } catch (error) {
      throw new PartitionLost(topic, partition, error);
    }
  }
}
