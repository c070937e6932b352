import { AbortFilter } from './abort-filter.ts';
import { LogError } from './log-error.ts';
import { type Batch, decodeBatches, type LoggedRecord } from './record-batch.ts';
import type { FetchAnswer, TopicPartition } from './requests.ts';

/** How far one partition was read, and what its markers have said so far. */
export class PartitionLog {
  readonly at: TopicPartition;
  /** Of the next record to ask for. */
  position: bigint;
  readonly filter = new AbortFilter<LoggedRecord>();

  constructor(at: TopicPartition, position: bigint) {
    this.at = at;
    this.position = position;
  }

  /**
   * Takes a fetch answer in, all of it or, when it cannot be read, nothing. Batches that were taken before are
   * passed over. Answers with the records that are committed by now.
   */
  absorb(
    { records, logStart }: FetchAnswer,
    withValues: boolean,
    onBatch?: (at: TopicPartition, batch: Batch) => void,
  ): LoggedRecord[] {
    if (logStart > this.position) throw this.gone(`begins at ${logStart}`, false);
    for (const batch of decodeBatches(records, { ...this.at, from: this.position, withValues })) {
      const { nextOffset, marker, transactional, producerId, epoch } = batch;
      if (nextOffset <= this.position) continue;
      if (marker) this.filter.end({ producerId, epoch, outcome: marker });
      else this.filter.append(batch.records, transactional ? { producerId, epoch } : undefined);
      onBatch?.(this.at, batch);
      this.position = nextOffset;
    }
    return this.filter.take();
  }

  /** Retryable where a new leader may not know its own end yet. */
  gone(what: string, retryable = true): LogError {
    const { topic, partition } = this.at;
    return new LogError(
      'RECORDS_GONE',
      `${topic}-${partition} was read up to ${this.position}, but the log ${what}: records are lost`,
      { retryable },
    );
  }
}
