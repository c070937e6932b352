import type { KafkaClient } from './client.ts';
import { isFencing, KafkaError, kafkaError, ProducerFenced } from './errors.ts';
import type { Failpoint } from './failpoints.ts';
import { protocolError } from './kafkajs.ts';
import { type BaseOffsets, byPartition, produce, type Sequences } from './produce.ts';
import type { OutgoingRecord } from './record.ts';
import { retrying } from './retry.ts';
import { type GroupPosition, txnOffsetCommitExchange } from './wire/txn-offset-commit.ts';

export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  /** Milliseconds after which the broker aborts a transaction that was left open; 10,000 unless given. */
  readonly transactionTimeoutMs?: number;
  readonly failpoint?: Failpoint;
}

interface Identity {
  readonly id: bigint;
  readonly epoch: number;
}

/**
 * One transactional id, one transaction at a time. After any error the producer is spent: its owner aborts what
 * can be aborted, checks that the partition is still its own, and calls `fence` again, which takes a new epoch.
 * So a delayed EndTxn can never end a later transaction (KAFKA-17754).
 */
export class TransactionalProducer {
  private readonly client: KafkaClient;
  private readonly transactionalId: string;
  private readonly timeoutMs: number;
  private readonly failpoint: Failpoint;
  private identity: Identity | undefined;
  private sequences: Sequences = new Map();
  private open = false;

  constructor(client: KafkaClient, options: TransactionalProducerOptions) {
    this.client = client;
    this.transactionalId = options.transactionalId;
    this.timeoutMs = options.transactionTimeoutMs ?? 10_000;
    this.failpoint = options.failpoint ?? (async () => undefined);
  }

  /**
   * InitProducerId: aborts the open transaction of whoever had this id before, and locks them out. It knows
   * nothing of ownership: call it only right after a heartbeat that succeeded in the current generation.
   */
  async fence(signal?: AbortSignal): Promise<void> {
    this.identity = undefined;
    const answer = await retrying(
      () =>
        this.coordinated<{ producerId: string; producerEpoch: number }>('InitProducerId', {
          transactionTimeout: this.timeoutMs,
        }),
      { forMs: 60_000, ...(signal && { signal }) },
    );
    this.identity = { id: BigInt(answer.producerId), epoch: answer.producerEpoch };
    this.sequences = new Map();
    this.open = false;
    await this.failpoint('after-fence');
  }

  /**
   * Writes the records and the group's position, both or neither. Answers where the records are. On an error the
   * outcome is `aborted` or unknown; either way the position that the group has committed is the truth.
   */
  async transact(records: readonly OutgoingRecord[], position: GroupPosition): Promise<BaseOffsets> {
    const producer = this.initialised();
    try {
      const offsets = records.length > 0 ? await this.send(records, producer) : new Map<string, bigint>();
      await this.failpoint('after-send');
      await this.sendPosition(position, producer);
      await this.failpoint('after-offsets');
      await this.failpoint('before-commit');
      await this.end(true, producer);
      await this.failpoint('after-commit');
      return offsets;
    } catch (cause) {
      this.identity = undefined;
      throw isFencing(cause) ? new ProducerFenced(this.transactionalId, cause) : kafkaError(cause);
    }
  }

  /** Ends an open transaction early, so that nobody has to wait behind it. Never throws: the next fence does it too. */
  async abandon(): Promise<void> {
    const producer = this.identity;
    this.identity = undefined;
    if (!producer || !this.open) return;
    await this.end(false, producer).catch(() => undefined);
  }

  private async send(records: readonly OutgoingRecord[], producer: Identity): Promise<BaseOffsets> {
    const topics = [...byPartition(records).values()].map(([first]) => ({
      topic: (first as OutgoingRecord).topic,
      partitions: [(first as OutgoingRecord).partition],
    }));
    await this.repeated('AddPartitionsToTxn', { topics }, producer);
    this.open = true;
    return produce(this.client, records, {
      transactionalId: this.transactionalId,
      producer: { ...producer, transactional: true },
      sequences: this.sequences,
      timeoutMs: this.timeoutMs,
    });
  }

  private async sendPosition(position: GroupPosition, producer: Identity): Promise<void> {
    await this.repeated('AddOffsetsToTxn', { groupId: position.group }, producer);
    this.open = true;
    const identity = {
      transactionalId: this.transactionalId,
      producerId: producer.id,
      epoch: producer.epoch,
    };
    await retrying(
      async () => {
        const node = await this.client.coordinator('group', position.group);
        const code = await this.client.exchange<number>(node, txnOffsetCommitExchange(identity, position));
        if (code !== 0) throw this.stale(protocolError(code));
      },
      { forMs: this.timeoutMs },
    );
  }

  private async end(commit: boolean, producer: Identity): Promise<void> {
    await this.repeated('EndTxn', { transactionResult: commit }, producer);
    this.open = false;
  }

  /** Requests to the transaction coordinator that may be repeated: they are idempotent within an epoch. */
  private repeated(api: string, args: object, producer: Identity): Promise<unknown> {
    const identity = { producerId: String(producer.id), producerEpoch: producer.epoch };
    return retrying(() => this.coordinated(api, { ...args, ...identity }), { forMs: this.timeoutMs });
  }

  private async coordinated<T>(api: string, args: object): Promise<T> {
    const node = await this.client.coordinator('transaction', this.transactionalId);
    return this.client.call<T>(node, api, { transactionalId: this.transactionalId, ...args });
  }

  private stale(cause: Error): KafkaError {
    this.client.forget();
    return kafkaError(cause);
  }

  private initialised(): Identity {
    if (this.identity) return this.identity;
    throw new KafkaError('NOT_FENCED', `${this.transactionalId} must be fenced before it is used`, {
      retryable: false,
    });
  }
}
