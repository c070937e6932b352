import type { ConsumedRecord } from '../../log/record.ts';
import type { MemoryBudget } from '../worker/memory-budget.ts';
import type { PartitionFeed } from '../worker/partition-feed.ts';

/** What was fetched of one partition. */
export interface Fetched {
  /** Committed records from the wanted offset on; a batch that cannot be read is one, with `broken`. */
  readonly records: readonly ConsumedRecord[];
  /** Where the next fetch goes on: control records and aborted ones leave gaps. */
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  readonly lastStableOffset: bigint;
  /** When it was, in milliseconds of `Clock.elapsed`. */
  readonly at: number;
}

export interface FeedsOptions {
  /** Memory that all feeds share; 64 MiB for these alone unless given. */
  readonly budget?: MemoryBudget;
  /** Told when fetching failed in a way that nobody foresaw, and is started again. */
  readonly report?: (error: Error) => void;
}

/** Brings committed records into feeds, as long as they want some. */
export interface Feeds {
  add(feed: PartitionFeed): void;
  remove(feed: PartitionFeed): void;
  /** Why fetching is being started again, or why a partition has not been fetched for some time, if so. */
  readonly trouble: string | undefined;
  /** Milliseconds since a leader last answered. */
  readonly silentMs: number;
  /** Bytes of the records that wait in all feeds, or are in the hands of handlers. */
  readonly bufferedBytes: number;
  close(): Promise<void>;
}
