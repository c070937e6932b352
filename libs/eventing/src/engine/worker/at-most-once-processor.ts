import type { Membership } from '../ports/membership.ts';
import { partitionKey } from '../../log/partitions.ts';
import { LogError } from '../../log/errors.ts';
import type { Failpoint } from '../failpoints.ts';
import type { LaneBatch, Positions } from './lanes.ts';
import { HandlerProcessor } from './handler-processor.ts';
import type { PlainPartition } from './plain-partition.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import type { Handled, Handler, Reached } from '../handler.ts';

/** Records whose position was committed and that were not, or not wholly, handled. They will not come again. */
export class RecordsLost extends LogError {
  /** `from` is the first offset, `to` the one after the last. */
  constructor(where: string, from: bigint, to: bigint, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      'RECORDS_LOST',
      `Offsets ${from} to ${to - 1n} of ${where} may be lost, handle them by hand if they matter: ${why}`,
      { retryable: false, fields: { where, from, to }, cause },
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
export class AtMostOnceProcessor extends HandlerProcessor {
  private readonly partition: PlainPartition;
  private readonly lost: AtMostOnceOptions['lost'];
  private readonly failpoint: Failpoint;
  /**
   * Of the assignment, not of the batch: commits of a later generation are refused, because another process may
   * have had the partition between the two, and handled what is fetched here already.
   */
  private assigned: Membership | undefined;
  private readonly progress = new Map<string, Progress>();

  constructor(partition: PlainPartition, handler: Handler, { lost, failpoint }: AtMostOnceOptions) {
    super(handler);
    this.partition = partition;
    this.lost = lost;
    this.failpoint = failpoint ?? (async () => undefined);
  }

  /** Its handlers park nothing: what failed is in the past. */
  override get owes(): boolean {
    return false;
  }

  /**
   * A commit that was not answered may have taken place, and its records are lost, as are those of a handler that hung.
   * Or it takes place late, and sets the group back: so this process never goes back behind what it has reached.
   */
  async assign(signal: AbortSignal): Promise<Positions> {
    const { topic } = this.partition;
    const { positions, membership } = await this.partition.positions([topic, ...this.sideTopics], signal);
    this.assigned = membership;
    for (const [each, offset] of positions) {
      const progress = this.progressOf(each, offset);
      if (offset > progress.reached) progress.reached = offset;
      this.tellLost(
        each,
        progress.reached,
        'their position was committed, and nothing says that they were handled',
      );
    }
    await this.handler.restore?.(this.partition.log, signal, positions.get(topic) ?? 0n, new Map());
    return new Map([...this.progress].map(([each, { reached }]) => [each, reached]));
  }

  override async process(
    { topic, records, nextOffset }: LaneBatch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const progress = this.progressOf(topic);
    await this.failpoint('before-commit');
    const commit = this.partition.commit(topic, nextOffset, this.membership());
    await Promise.all([commit, this.failpoint('during-commit')]);
    progress.reached = nextOffset;
    try {
      await this.failpoint('after-offsets');
      await this.failpoint('after-commit');
      await this.handleAll(records, { topic, offset: nextOffset }, signal, handled);
      progress.told = nextOffset;
    } catch (cause) {
      // Told here, because a worker that is stopping tells nobody; thrown, so that it waits before it loses more.
      throw this.tellLost(topic, nextOffset, cause) ?? cause;
    }
    return [];
  }

  /** Nothing blocks others: the position is behind the batch already. */
  async abandon(): Promise<void> {}

  protected membership(): Membership {
    return this.assigned ?? this.partition.membership();
  }

  /** The position was moved before. */
  protected async commit({ output, committed }: Handled): Promise<void> {
    const offsets = await this.partition.append(output);
    await this.failpoint('after-send');
    await committed?.(offsets);
  }

  private async handleAll(
    records: readonly ConsumedRecord[],
    end: Reached,
    signal: AbortSignal,
    handled: () => void,
  ): Promise<void> {
    for (let left = records; left.length > 0;) {
      const result = await this.handler.handle(left, signal, end);
      handled();
      await this.commit(result);
      left = result.rest ?? [];
    }
  }

  private progressOf(topic: string, offset = 0n): Progress {
    const known = this.progress.get(topic);
    if (known) return known;
    const progress = { reached: offset, told: offset };
    this.progress.set(topic, progress);
    return progress;
  }

  /** Tells the loss of what comes before this offset, unless it was told. */
  private tellLost(topic: string, to: bigint, cause: unknown): RecordsLost | undefined {
    const progress = this.progressOf(topic);
    if (to <= progress.told) return undefined;
    const where = partitionKey(topic, this.partition.number);
    const error = new RecordsLost(where, progress.told, to, cause);
    progress.told = to;
    this.lost(error);
    return error;
  }
}

/** The offset that this process has committed, and the one before which everything was handled or its loss told. */
interface Progress {
  reached: bigint;
  told: bigint;
}
