import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError } from './errors.ts';
import { type BaseOffsets, partitionKey, produce } from './produce.ts';
import type { OutgoingRecord } from './record.ts';
import { retrying } from './retry.ts';

interface Waiting {
  readonly record: OutgoingRecord;
  readonly resolve: (offset: bigint) => void;
  readonly reject: (error: KafkaError) => void;
}

/** Not written by any replica, so it can be sent again: the leader had moved, or replicas are missing. */
const NOT_WRITTEN = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'KAFKA_STORAGE_ERROR',
]);

export const isNotWritten = (error: KafkaError) => NOT_WRITTEN.has(error.code);

/**
 * Appends records outside of any transaction, acknowledged by all in-sync replicas. Records that come while a
 * request is under way go together in the next one. Nothing is sent a second time unless the broker said that it
 * was not written: so a record is in the log at most once, and an error may mean that it is there.
 */
export class LogAppender {
  private readonly client: KafkaClient;
  private readonly patienceMs: number;
  private waiting: Waiting[] = [];
  private flushing = false;

  /** `patienceMs`: milliseconds during which a record that was not written is sent again. */
  constructor(client: KafkaClient, patienceMs = 4_000) {
    this.client = client;
    this.patienceMs = patienceMs;
  }

  /** The record's offset. Throws KafkaError; see `isNotWritten`. */
  append(record: OutgoingRecord): Promise<bigint> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, resolve, reject });
      if (!this.flushing) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, 500);
      try {
        settle(batch, await this.send(batch.map(({ record }) => record)));
      } catch (cause) {
        for (const { reject } of batch) reject(kafkaError(cause));
      }
    }
    this.flushing = false;
  }

  private send(records: readonly OutgoingRecord[]): Promise<BaseOffsets> {
    const producer = { id: -1n, epoch: -1, transactional: false };
    return retrying(
      async () => {
        // An unreachable cluster is found out here, before anything is sent.
        for (const { topic, partition } of records)
          await this.client.leader(topic, partition).catch(beforeSending);
        return produce(this.client, records, {
          transactionalId: null,
          producer,
          sequences: new Map(),
          timeoutMs: this.patienceMs,
        });
      },
      { forMs: this.patienceMs, firstDelayMs: 50, unless: (error) => !isNotWritten(error) },
    );
  }
}

function beforeSending(cause: unknown): never {
  const error = kafkaError(cause);
  if (!error.retryable) throw error;
  throw new KafkaError('LEADER_NOT_AVAILABLE', `No broker can be asked: ${error.message}`, {
    retryable: true,
    cause,
  });
}

function settle(batch: readonly Waiting[], bases: BaseOffsets): void {
  const next = new Map<string, bigint>();
  for (const { record, resolve } of batch) {
    const key = partitionKey(record.topic, record.partition);
    const offset = next.get(key) ?? bases.get(key) ?? -1n;
    next.set(key, offset + 1n);
    resolve(offset);
  }
}
