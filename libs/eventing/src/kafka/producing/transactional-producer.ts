import { type BaseOffsets, byPartition, offsetsOfEach, type RecordOffsets } from '../../log/partitions.ts';
import {
  byGroup,
  type GroupPosition,
  placesOf,
  type TransactionPart,
} from '../../engine/ports/transactions.ts';
import type { TopicPartition } from '../../log/log.ts';
import type { KafkaClient } from '../client/client.ts';
import { isFencing, kafkaError, KafkaError } from '../client/errors.ts';
import { CommitUnknown, isUnanswered, ProducerFenced, type LogError } from '../../log/errors.ts';
import type { Failpoint } from '../../engine/failpoints.ts';
import { initProducerId, TRANSACTION_TIMEOUT_MS } from './init-producer-id.ts';
import { protocolError } from '../client/kafkajs.ts';
import { LeftOpen } from '../open-transactions/left-open.ts';
import { whenMarked } from '../open-transactions/markers.ts';
import { produce, type Sequences } from './produce.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import { produceRounds } from './produce-rounds.ts';
import { retrying } from '../client/retry.ts';
import {
  negotiate,
  type TransactionProtocol,
  transactionProtocol,
  type TransactionVersion,
} from './transaction-protocol.ts';
import type { ProducerIdentity } from '../wire/producer-identity.ts';
import { positionRequests, type PositionRequest } from '../groups/position-requests.ts';
import { type CommittedPosition, txnOffsetCommitExchange } from '../wire/txn-offset-commit.ts';

export interface TransactionalProducerOptions {
  readonly transactionalId: string;
  /** Milliseconds after which the broker aborts a transaction that was left open; 10,000 unless given. */
  readonly transactionTimeoutMs?: number;
  readonly failpoint?: Failpoint;
  /** What the brokers speak, found out at each fence, unless given. */
  readonly version?: TransactionVersion;
}

/** Milliseconds for which a group's coordinator is asked again: meanwhile the transaction hides what is behind it from everybody. */
const GROUP_MS = 2_000;

/**
 * One transactional id, one transaction at a time. After any error the producer is spent: its owner aborts what
 * can be aborted, checks that the partition is still its own, and calls `fence` again, which takes a new epoch.
 * So a delayed EndTxn can never end a later transaction (KAFKA-17754), in whichever version of transactions.
 */
export class TransactionalProducer {
  private readonly client: KafkaClient;
  private readonly transactionalId: string;
  private readonly timeoutMs: number;
  private readonly failpoint: Failpoint;
  private readonly version: TransactionVersion | undefined;
  private protocol: TransactionProtocol;
  private identity: ProducerIdentity | undefined;
  private sequences: Sequences = new Map();
  private open = false;
  /** Resolves when the transaction before is a fact. */
  private marked: Promise<void> = Promise.resolve();
  private places = new Set<string>();
  private readonly leftOpen: LeftOpen;

  constructor(client: KafkaClient, options: TransactionalProducerOptions) {
    this.client = client;
    this.transactionalId = options.transactionalId;
    this.timeoutMs = options.transactionTimeoutMs ?? TRANSACTION_TIMEOUT_MS;
    this.failpoint = options.failpoint ?? (async () => undefined);
    this.version = options.version;
    this.protocol = transactionProtocol(client, options.version ?? 1);
    this.leftOpen = new LeftOpen(client);
  }

  /**
   * InitProducerId: aborts the open transaction of whoever had this id before, and locks them out. It knows
   * nothing of ownership: call it only right after a heartbeat that succeeded in the current generation.
   */
  async fence(signal?: AbortSignal): Promise<void> {
    this.identity = undefined;
    const patience = { forMs: 60_000, ...(signal && { signal }) };
    const version =
      this.version ?? (await retrying(() => negotiate(this.client, this.transactionalId), patience));
    this.protocol = transactionProtocol(this.client, version);
    this.marked = Promise.resolve();
    this.leftOpen.forget();
    this.begin(
      await retrying(() => initProducerId(this.client, this.transactionalId, this.timeoutMs), patience),
    );
    await this.failpoint('after-fence');
  }

  /** See `Producer`. */
  async transact(parts: readonly TransactionPart[]): Promise<readonly BaseOffsets[]> {
    const producer = this.initialised();
    let committing = false;
    try {
      await this.marked;
      const stretches = parts.map((part) => part.records);
      const records = stretches.flat();
      const written = await this.send(stretches, producer);
      await this.failpoint('after-send');
      const offsets = offsetsOfEach(stretches, written);
      const positions = parts.map(({ position, metadata }, at) => ({
        ...position,
        ...(metadata && { metadata: metadata(offsets[at] as BaseOffsets, producer.id) }),
      }));
      await this.sendPositions(positions, producer);
      await this.failpoint('after-offsets');
      await this.failpoint('before-commit');
      committing = true;
      await Promise.all([this.commit(producer), this.failpoint('during-commit')]);
      this.places = new Set(parts.flatMap(placesOf));
      this.watch(producer, records, positions);
      await this.failpoint('after-commit');
      return offsets;
    } catch (cause) {
      await this.abandon();
      if (isFencing(cause)) throw new ProducerFenced(this.transactionalId, cause);
      throw committing ? new CommitUnknown(this.transactionalId, kafkaError(cause)) : kafkaError(cause);
    }
  }

  /** See `Producer`. */
  settled(): Promise<void> {
    return this.marked;
  }

  /** See `Producer`. */
  get unmarked(): ReadonlySet<string> {
    return this.places;
  }

  /**
   * Gives up the epoch, and tries once to end an open transaction, so that nobody has to wait behind it. When
   * that fails the next fence ends it, or the broker after the transaction's timeout. Never throws.
   */
  async abandon(): Promise<void> {
    const producer = this.identity;
    this.identity = undefined;
    if (!producer || !this.open) return;
    this.open = false;
    await this.protocol.end(producer, false).catch(() => undefined);
  }

  /** From here on, a transaction under this identity. Sequence numbers belong to an epoch. */
  private begin(identity: ProducerIdentity): void {
    if (identity.epoch !== this.identity?.epoch || identity.id !== this.identity.id)
      this.sequences = new Map();
    this.identity = identity;
    this.open = false;
  }

  /** Nothing waits for it but the next transaction, which must not join what may still be open of this one. */
  private watch(
    producer: ProducerIdentity,
    records: readonly OutgoingRecord[],
    positions: readonly GroupPosition[],
  ): void {
    this.marked = whenMarked(this.client, producer.id, partitionsOf(records), positions, this.places);
    // The next transaction hears it, if there is one.
    this.marked.catch(() => undefined);
  }

  private async send(
    stretches: readonly (readonly OutgoingRecord[])[],
    producer: ProducerIdentity,
  ): Promise<RecordOffsets> {
    const partitions = partitionsOf(stretches.flat());
    if (partitions.length === 0) return new Map();
    await this.leftOpen.refuse(producer.id, partitions);
    const topics = partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] }));
    this.open = true;
    await this.repeated(() => this.protocol.addPartitions(producer, topics));
    const offsets = new Map<string, bigint[]>();
    for (const round of produceRounds(stretches)) {
      const bases = await this.produce(round, producer);
      for (const [key, { length }] of byPartition(round)) noteOffsets(offsets, key, bases.get(key), length);
    }
    return offsets;
  }

  private produce(records: readonly OutgoingRecord[], producer: ProducerIdentity): Promise<BaseOffsets> {
    return produce(this.client, records, {
      transactionalId: this.transactionalId,
      producer: { ...producer, transactional: true },
      sequences: this.sequences,
      timeoutMs: this.timeoutMs,
      version: this.protocol.produce,
    });
  }

  /** One group after the other: the coordinator of transactions refuses one that comes while it writes down another. */
  private async sendPositions(
    positions: readonly GroupPosition[],
    producer: ProducerIdentity,
  ): Promise<void> {
    const groups = byGroup(positions);
    await this.leftOpen.refusePositions(producer.id, [...groups.keys()]);
    for (const [group, own] of groups) {
      this.open = true;
      await this.repeated(() => this.protocol.addGroup(producer, group));
      for (const request of positionRequests(own))
        await this.repeated(() => this.sendRequest(group, request, producer), GROUP_MS).catch(
          (cause: unknown) => {
            throw ofGroup(group, kafkaError(cause));
          },
        );
    }
  }

  private async sendRequest(
    group: string,
    positions: PositionRequest,
    producer: ProducerIdentity,
  ): Promise<void> {
    const request = txnOffsetCommitExchange(producer, positions, this.protocol.txnOffsetCommit);
    const node = await this.client.coordinator('group', group);
    const answers = await this.client.exchange<CommittedPosition[]>(node, request);
    const failed = answers.find(({ errorCode }) => errorCode !== 0);
    if (failed) throw this.refused(failed, positions[0]);
  }

  private async commit(producer: ProducerIdentity): Promise<void> {
    this.begin(await this.repeated(() => this.protocol.end(producer, true)));
  }

  /**
   * Repeats a request that the broker answered with a passing error. One that was not answered may still arrive,
   * in the middle of a later transaction of the same epoch: it is never repeated, the epoch ends with it.
   */
  private repeated<T>(request: () => Promise<T>, forMs = this.timeoutMs): Promise<T> {
    return retrying(request, { forMs, firstDelayMs: 1, unless: isUnanswered });
  }

  /** A coordinator that is busy is still the coordinator. */
  private refused(
    { topic, partition, errorCode }: CommittedPosition,
    { group, memberId, generation }: GroupPosition,
  ): LogError {
    const { code, message, retryable } = kafkaError(protocolError(errorCode));
    if (code !== 'CONCURRENT_TRANSACTIONS') this.client.forget();
    return new KafkaError(code, `${message} (${group} in ${topic}-${partition})`, {
      retryable,
      fields: { group, topic, partition, memberId, generation },
    });
  }

  private initialised(): ProducerIdentity {
    if (this.identity) return this.identity;
    throw new KafkaError('NOT_FENCED', `${this.transactionalId} must be fenced before it is used`, {
      retryable: false,
    });
  }
}

/** Names whose positions they are, where the coordinator was not found, or has not answered. */
function ofGroup(group: string, error: LogError): LogError {
  if (error.fields['group'] !== undefined) return error;
  const { code, message, retryable } = error;
  return new KafkaError(code, message, { retryable, cause: error, fields: { group } });
}

function partitionsOf(records: readonly OutgoingRecord[]): TopicPartition[] {
  return [...byPartition(records).values()].map(([first]) => {
    const { topic, partition } = first as OutgoingRecord;
    return { topic, partition };
  });
}

/** A batch has one offset behind the other. */
function noteOffsets(
  offsets: Map<string, bigint[]>,
  key: string,
  base: bigint | undefined,
  count: number,
): void {
  if (base === undefined) return;
  const own = Array.from({ length: count }, (_, index) => base + BigInt(index));
  offsets.set(key, [...(offsets.get(key) ?? []), ...own]);
}
