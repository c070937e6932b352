import { LogError } from '../log/errors.ts';

/** More partitions were assigned than this process may work on. The surplus is refused, the others go on. */
export class TooManyPartitions extends LogError {
  constructor(where: string, limit: number) {
    super(
      'TOO_MANY_PARTITIONS',
      `${where} is refused: this process works on ${limit} partitions already. Start more instances of the service, or raise maxPartitions`,
      { retryable: false, fields: { where, limit } },
    );
  }
}

/**
 * How many partitions a process may work on, over all its groups: each has a producer, with connections of its
 * own to every broker, and a share of the memory.
 */
export class PartitionCapacity {
  readonly limit: number;
  private used = 0;
  private readonly waiting = new Set<() => void>();

  constructor(limit = 200) {
    this.limit = limit;
  }

  get free(): number {
    return this.limit - this.used;
  }

  /** False when there is no place left. */
  take(): boolean {
    if (this.used >= this.limit) return false;
    this.used++;
    return true;
  }

  give(): void {
    this.used--;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const retry of waiting) retry();
  }

  /** Calls back once, when a place is free again. */
  whenFreed(retry: () => void): void {
    this.waiting.add(retry);
  }
}
