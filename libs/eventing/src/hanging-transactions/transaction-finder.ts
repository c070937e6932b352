import type { TopicPartition } from '../log/log.ts';
import type { Catalogue } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { OFFSETS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import { standingOf } from './coordinator.ts';
import type { HangingTransaction, OpenTransaction, Verdict } from './hanging-transactions.ts';
import { openTransactions } from '../kafka/open-transactions/open-transactions.ts';
import { partitionEnds } from '../kafka/reading/partition-ends.ts';
import { StalledPartitions } from './stalled-partitions.ts';
import { verdictOf } from './verdict.ts';

/** Milliseconds for which a last stable offset must stand still before anybody is asked why. */
const STILL_MS = 2_000;
/** Milliseconds after which logs are searched again for a proof that was not there. */
const AGAIN_MS = 60_000;

export interface FinderOptions {
  readonly catalogue: Catalogue;
  /** Milliseconds for which a transaction must have been open: longer than the timeout of any of this platform's. */
  readonly openForMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

interface Seen {
  readonly since: number;
  verdict?: { readonly is: Verdict; readonly at: number };
}

/** Finds transactions that a partition has open although their coordinator has nothing more to do for it. */
export class TransactionFinder {
  private readonly client: KafkaClient;
  private readonly options: FinderOptions;
  private readonly stalled = new StalledPartitions();
  /** What is known of each open transaction, by its key. */
  private readonly seen = new Map<string, Seen>();

  constructor(client: KafkaClient, options: FinderOptions) {
    this.client = client;
    this.options = options;
  }

  async find(): Promise<HangingTransaction[]> {
    const now = this.options.now();
    const ends = await partitionEnds(this.client, await this.partitions());
    const stalled = this.stalled.update(ends, now, STILL_MS);
    const open = stalled.length > 0 ? await openTransactions(this.client, stalled, true) : [];
    const old = this.older(open, now);
    const judged = await Promise.allSettled(old.map((transaction) => this.look(transaction, now)));
    const found = judged.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
    const failed = judged.find((each) => each.status === 'rejected');
    // One whose coordinator does not answer holds up no other.
    if (failed && found.length === 0) throw failed.reason;
    return found;
  }

  private async look(transaction: OpenTransaction, now: number): Promise<HangingTransaction | undefined> {
    const standing = await standingOf(this.client, transaction);
    if (standing.type === 'under-way' || standing.type === 'ending') return undefined;
    return { transaction, verdict: await this.judge(transaction, now) };
  }

  private async judge(transaction: OpenTransaction, now: number): Promise<Verdict> {
    const seen = this.seen.get(keyOf(transaction));
    if (seen?.verdict && now - seen.verdict.at < AGAIN_MS) return seen.verdict.is;
    const is = await verdictOf(this.client, this.options.catalogue, transaction);
    if (seen) seen.verdict = { is, at: now };
    return is;
  }

  /** Those that were seen long enough ago; forgets those that are open no more. */
  private older(open: readonly OpenTransaction[], now: number): OpenTransaction[] {
    const keys = new Set(open.map(keyOf));
    for (const key of this.seen.keys()) if (!keys.has(key)) this.seen.delete(key);
    return open.filter((transaction) => {
      const key = keyOf(transaction);
      const seen = this.seen.get(key) ?? { since: now };
      this.seen.set(key, seen);
      return now - seen.since >= this.options.openForMs - STILL_MS;
    });
  }

  private async partitions(): Promise<TopicPartition[]> {
    const names = [...this.options.catalogue.topics.map(({ name }) => name), OFFSETS_TOPIC];
    const topics = await Promise.all(
      names.map(async (topic) => {
        const { leaders } = await this.client.topic(topic);
        return [...leaders.keys()].map((partition) => ({ topic, partition }));
      }),
    );
    return topics.flat();
  }
}

/** An open transaction by its place, its first record and its last epoch: another that joins makes it another one. */
const keyOf = ({ topic, partition, producerId, producerEpoch, startOffset }: OpenTransaction) =>
  `${topic}-${partition} ${producerId} ${producerEpoch} ${startOffset}`;
