import { KafkaError } from './errors.ts';
import type { Failpoint } from './failpoints.ts';
import type { Membership } from './group-member.ts';
import type { Batch } from './partition-feed.ts';
import type { Processor } from './partition-worker.ts';
import type { PlainPartition } from './plain-partition.ts';
import type { ConsumedRecord } from './record.ts';
import type { Handler } from './transactional-processor.ts';

/** Records whose position was committed and that were not, or not wholly, handled. They will not come again. */
export class RecordsLost extends KafkaError {
  /** `from` is the first offset, `to` the one after the last. */
  constructor(where: string, from: bigint, to: bigint, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      'RECORDS_LOST',
      `Offsets ${from} to ${to - 1n} of ${where} may be lost, handle them by hand if they matter: ${why}`,
      { retryable: false, cause },
    );
  }
}

export interface AtMostOnceOptions {
  /** Told about each loss that this process notices: not about that of its own crash. */
  readonly lost: (error: RecordsLost) => void;
  readonly failpoint?: Failpoint;
}

/**
 * The position first, then the batch: what fails or crashes after that is lost, and nothing is ever handled twice.
 * All of a batch is handled here, since its position is behind it: a handler that leaves a rest is asked again.
 */
export class AtMostOnceProcessor implements Processor {
  private readonly partition: PlainPartition;
  private readonly handler: Handler;
  private readonly lost: AtMostOnceOptions['lost'];
  private readonly failpoint: Failpoint;
  /**
   * Of the assignment, not of the batch: commits of a later generation are refused, because another process may
   * have had the partition between the two, and handled what is fetched here already.
   */
  private membership: Membership | undefined;
  /** The offset that this process has committed, and the one before which every loss was told. */
  private reached = -1n;
  private settled = -1n;

  constructor(partition: PlainPartition, handler: Handler, { lost, failpoint }: AtMostOnceOptions) {
    this.partition = partition;
    this.handler = handler;
    this.lost = lost;
    this.failpoint = failpoint ?? (async () => undefined);
  }

  /**
   * A commit that was not answered may have taken place, and its records are lost, as are those of a handler that hung.
   * Or it takes place late, and sets the group back: so this process never goes back behind what it has reached.
   */
  async assign(signal: AbortSignal): Promise<bigint> {
    const { offset, membership } = await this.partition.position(signal);
    this.membership = membership;
    if (this.settled < 0n) this.settled = offset;
    if (offset > this.reached) this.reached = offset;
    this.settle(this.reached, 'their position was committed, and nothing says that they were handled');
    await this.handler.restore?.(this.partition.client, signal);
    return this.reached;
  }

  async process(
    { records, nextOffset }: Batch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    await this.failpoint('before-commit');
    const commit = this.partition.commit(nextOffset, this.membership ?? this.partition.membership());
    await Promise.all([commit, this.failpoint('during-commit')]);
    this.reached = nextOffset;
    try {
      await this.failpoint('after-offsets');
      await this.failpoint('after-commit');
      await this.handleAll(records, signal, handled);
      this.settled = nextOffset;
    } catch (cause) {
      // Told here, because a worker that is stopping tells nobody; thrown, so that it waits before it loses more.
      throw this.settle(nextOffset, cause) ?? cause;
    }
    return [];
  }

  /** Nothing blocks others: the position is behind the batch already. */
  async abandon(): Promise<void> {}

  async close(): Promise<void> {
    await this.handler.close?.();
    await this.partition.client.close();
  }

  private async handleAll(
    records: readonly ConsumedRecord[],
    signal: AbortSignal,
    handled: () => void,
  ): Promise<void> {
    for (let left = records; left.length > 0;) {
      const { output, committed, rest = [] } = await this.handler.handle(left, signal);
      handled();
      const offsets = await this.partition.append(output);
      await this.failpoint('after-send');
      await committed?.(offsets);
      left = rest;
    }
  }

  /** Tells the loss of what comes before this offset, unless it was told. */
  private settle(to: bigint, cause: unknown): RecordsLost | undefined {
    if (to <= this.settled) return undefined;
    const error = new RecordsLost(this.partition.name, this.settled, to, cause);
    this.settled = to;
    this.lost(error);
    return error;
  }
}
