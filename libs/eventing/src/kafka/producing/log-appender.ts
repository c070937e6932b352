import { partitionKey, type BaseOffsets } from '../../log/partitions.ts';
import type { KafkaClient } from '../client/client.ts';
import { kafkaError, KafkaError } from '../client/errors.ts';
import { RecordTooLarge, LogError } from '../../log/errors.ts';
import { produce } from './produce.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import { retrying } from '../client/retry.ts';

interface Waiting {
  readonly record: OutgoingRecord;
  /** When its caller loses patience, in milliseconds of performance.now(). */
  readonly until: number;
  readonly resolve: (offset: bigint) => void;
  readonly reject: (error: LogError) => void;
}

/** Not written by any replica, so it can be sent again: the leader had moved, or replicas are missing. */
const NOT_WRITTEN = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'KAFKA_STORAGE_ERROR',
]);

export const isNotWritten = (error: LogError) => NOT_WRITTEN.has(error.code);

/** Records of one request. */
const MOST_AT_ONCE = 500;

/**
 * Appends records outside of any transaction, acknowledged by all in-sync replicas. What is appended in one go,
 * without awaiting, is written in its order and in one batch; when it is too much for one, in several, of which none
 * overtakes another. Records that come while a request is under way go together in the next one, also when the one
 * before them fails: who needs an order appends in one go, or waits for each. Nothing is sent a second time unless the
 * broker said that it was not written: so a record is in the log at most once, and an error may mean that it is there.
 */
export class LogAppender {
  private readonly client: KafkaClient;
  private readonly patienceMs: number;
  /** By partition, so that one without a leader holds up no other, and each is settled by its own answer. */
  private readonly waiting = new Map<string, Waiting[][]>();
  /** By partition, what is appended in the present go: until the microtask that puts it among those that wait. */
  private readonly coming = new Map<string, Waiting[]>();

  /** `patienceMs`: milliseconds during which a record that was not written is sent again. */
  constructor(client: KafkaClient, patienceMs = 4_000) {
    this.client = client;
    this.patienceMs = patienceMs;
  }

  /** The record's offset. Throws KafkaError; see `isNotWritten`. */
  append(record: OutgoingRecord): Promise<bigint> {
    return new Promise((resolve, reject) => {
      const group = this.comingTo(partitionKey(record.topic, record.partition));
      const until = group[0]?.until ?? performance.now() + this.patienceMs;
      group.push({ record, until, resolve, reject });
    });
  }

  private comingTo(key: string): Waiting[] {
    const coming = this.coming.get(key);
    if (coming) return coming;
    const group: Waiting[] = [];
    this.coming.set(key, group);
    queueMicrotask(() => {
      this.coming.delete(key);
      const queue = this.waiting.get(key);
      if (queue) queue.push(group);
      else void this.flush(key, [group]);
    });
    return group;
  }

  private async flush(key: string, queue: Waiting[][]): Promise<void> {
    this.waiting.set(key, queue);
    while (queue.length > 0) await this.flushOnce(takeSome(queue));
    this.waiting.delete(key);
  }

  /** Settles all of them. Answers the error with which it rejected the last of those that it sent. */
  private async flushOnce(batch: readonly Waiting[]): Promise<LogError | undefined> {
    const now = performance.now();
    const current = batch.filter(({ until }) => until > now);
    rejectUnsent(
      batch.filter(({ until }) => until <= now),
      'Not sent in time',
    );
    if (current.length === 0) return undefined;
    if (current.length > MOST_AT_ONCE) return this.flushHalves(current);
    try {
      settle(current, await this.send(current.map(({ record }) => record)));
      return undefined;
    } catch (cause) {
      // Nothing of it was written: halves may fit, and in the end the one that does not is known.
      if (cause instanceof RecordTooLarge && current.length > 1) return this.flushHalves(current);
      const error = kafkaError(cause);
      for (const { reject } of current) reject(error);
      return error;
    }
  }

  /** The second half does not overtake the first: it goes if that is written, or will never be. */
  private async flushHalves(batch: readonly Waiting[]): Promise<LogError | undefined> {
    const middle = Math.ceil(batch.length / 2);
    const [first, second] = [batch.slice(0, middle), batch.slice(middle)];
    const error = await this.flushOnce(first);
    if (!error?.retryable) return this.flushOnce(second);
    rejectUnsent(second, `Not sent, because what comes before it failed: ${error.message}`);
    return error;
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
          version: 9,
        });
      },
      { forMs: this.patienceMs, firstDelayMs: 50, unless: (error) => !isNotWritten(error) },
    );
  }
}

/** As many as go together, and what was appended in one go whatever its size. */
function takeSome(queue: Waiting[][]): Waiting[] {
  let size = 0;
  const fit = queue.findIndex((group) => (size += group.length) > MOST_AT_ONCE);
  return queue.splice(0, fit === -1 ? queue.length : Math.max(1, fit)).flat();
}

function rejectUnsent(batch: readonly Waiting[], reason: string): void {
  for (const { reject } of batch) reject(new KafkaError('LEADER_NOT_AVAILABLE', reason, { retryable: true }));
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
