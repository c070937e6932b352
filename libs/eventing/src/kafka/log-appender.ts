import type { KafkaClient } from './client.ts';
import { KafkaError, kafkaError, RecordTooLarge } from './errors.ts';
import { type BaseOffsets, partitionKey, produce } from './produce.ts';
import type { OutgoingRecord } from './record.ts';
import { retrying } from './retry.ts';

interface Waiting {
  readonly record: OutgoingRecord;
  /** When its caller loses patience, in milliseconds of performance.now(). */
  readonly until: number;
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
  /** By partition, so that one without a leader holds up no other, and each is settled by its own answer. */
  private readonly waiting = new Map<string, Waiting[]>();

  /** `patienceMs`: milliseconds during which a record that was not written is sent again. */
  constructor(client: KafkaClient, patienceMs = 4_000) {
    this.client = client;
    this.patienceMs = patienceMs;
  }

  /** The record's offset. Throws KafkaError; see `isNotWritten`. */
  append(record: OutgoingRecord): Promise<bigint> {
    return new Promise((resolve, reject) => {
      const key = partitionKey(record.topic, record.partition);
      const entry = { record, until: performance.now() + this.patienceMs, resolve, reject };
      const queue = this.waiting.get(key);
      if (queue) queue.push(entry);
      else void this.flush(key, [entry]);
    });
  }

  private async flush(key: string, queue: Waiting[]): Promise<void> {
    this.waiting.set(key, queue);
    while (queue.length > 0) await this.flushOnce(queue.splice(0, 500));
    this.waiting.delete(key);
  }

  private async flushOnce(batch: readonly Waiting[]): Promise<void> {
    const now = performance.now();
    const [current, late] = [
      batch.filter(({ until }) => until > now),
      batch.filter(({ until }) => until <= now),
    ];
    for (const { reject } of late)
      reject(new KafkaError('LEADER_NOT_AVAILABLE', 'Not sent in time', { retryable: true }));
    if (current.length === 0) return;
    try {
      settle(current, await this.send(current.map(({ record }) => record)));
    } catch (cause) {
      // Nothing of it was written: halves may fit, and in the end the one that does not is known.
      if (cause instanceof RecordTooLarge && current.length > 1) return this.flushHalves(current);
      for (const { reject } of current) reject(kafkaError(cause));
    }
  }

  private async flushHalves(batch: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2);
    await this.flushOnce(batch.slice(0, middle));
    await this.flushOnce(batch.slice(middle));
  }

  private send(records: readonly OutgoingRecord[]): Promise<BaseOffsets> {
    const producer = { id: -1n, epoch: -1, transactional: false };
    return retrying(
      async () => {
        // An unreachable cluster is found out here, before anything is sent.
        const { topic, partition } = records[0] as OutgoingRecord;
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
