import { setTimeout as sleep } from 'node:timers/promises';
import { HIDDEN_MS, isHanging, type Transactions } from '../../harness/checks/hanging.ts';
import { CoordinatedTransactions } from '../../harness/log/coordinated-transactions.ts';
import { nameOf } from '../../harness/log/cluster.ts';
import { LogReader } from '../../harness/log/log-reader.ts';
import { PartitionTransactions } from '../../harness/log/partition-transactions.ts';
import { StableOffsets } from '../../harness/log/stable-offsets.ts';
import { coordinatorEntry, TRANSACTION_STATE } from '../../harness/log/transaction-state.ts';
import { watchedTopics } from '../../harness/evidence/log-watch.ts';

/** Every topic of the platform, and where groups keep their positions. */
export const followedTopics = [...watchedTopics, '__consumer_offsets'];
const PATIENCE_MS = 180_000;
const PAUSE_MS = 300;

/**
 * Follows every transaction of a row: what the coordinators decide, what becomes of it in the partitions, and the stable
 * offsets of these. The coordinators' log is read first each time, so that a partition is never behind a decision.
 */
export class TransactionWatch {
  private readonly coordinated = new CoordinatedTransactions();
  private readonly partitions = new PartitionTransactions();
  private readonly coordinators: LogReader;
  private readonly reader: LogReader;
  private readonly topics: readonly string[];
  private readonly stable: StableOffsets;
  private stopped = false;
  private failure: unknown;
  private loop: Promise<void> = Promise.resolve();

  private constructor(bootstrap: string, topics: readonly string[]) {
    this.topics = topics;
    const options = { patienceMs: PATIENCE_MS, from: 'end' } as const;
    this.coordinators = new LogReader(bootstrap, options);
    this.reader = new LogReader(bootstrap, {
      ...options,
      withValues: () => false,
      onBatch: (at, batch) => this.partitions.append(nameOf(at), batch),
    });
    this.stable = new StableOffsets(bootstrap, topics, { patienceMs: PATIENCE_MS });
  }

  /** Whatever begins after it resolves is followed. */
  static async start(bootstrap: string, topics: readonly string[]): Promise<TransactionWatch> {
    const watch = new TransactionWatch(bootstrap, topics);
    await watch.refresh();
    watch.loop = watch.follow();
    return watch;
  }

  /** To be called at rest: ends the following, as soon as nothing is hidden, or when that takes too long. */
  async end(lastFaultAt: number): Promise<Transactions> {
    this.stopped = true;
    try {
      await this.loop;
      if (this.failure) throw this.failure;
      for (;;) {
        await this.refresh();
        const found = this.found(lastFaultAt);
        if (found.at > lastFaultAt + HIDDEN_MS || isClear(found)) return found;
        await sleep(PAUSE_MS);
      }
    } finally {
      for (const each of [this.coordinators, this.reader, this.stable]) each.close();
    }
  }

  private found(lastFaultAt: number): Transactions {
    const { standing } = this.stable;
    return { parts: this.partitions.parts(this.coordinated), standing, lastFaultAt, at: Date.now() };
  }

  private async follow(): Promise<void> {
    for (; !this.stopped && !this.failure; await sleep(PAUSE_MS))
      await this.refresh().catch((error: unknown) => (this.failure = error));
  }

  private async refresh(): Promise<void> {
    await this.coordinators.refresh([TRANSACTION_STATE], (record) => {
      const entry = coordinatorEntry(record);
      if (entry) this.coordinated.append(entry);
    });
    await this.reader.refresh(this.topics, () => undefined);
    await this.stable.look();
  }
}

const isClear = ({ standing, parts }: Transactions) =>
  standing.length === 0 && !parts.some((part) => isHanging(part) && !part.end);
