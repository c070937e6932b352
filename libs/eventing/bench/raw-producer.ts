import { setTimeout as sleep } from 'node:timers/promises';
import { fencedIdentity } from '../fixtures/fenced-identity.ts';
import type { GroupPosition } from '../src/engine/ports/transactions.ts';
import type { KafkaClient } from '../src/kafka/client/client.ts';
import { protocolError } from '../src/kafka/client/kafkajs.ts';
import type { PositionRequest } from '../src/kafka/groups/position-requests.ts';
import { endTxnExchange } from '../src/kafka/wire/end-txn.ts';
import { type PartitionBatch, type ProducedPartition, produceExchange } from '../src/kafka/wire/produce.ts';
import type { ProducerIdentity } from '../src/kafka/wire/producer-identity.ts';
import { encodeBatch } from '../src/kafka/wire/encode-batch.ts';
import { type CommittedPosition, txnOffsetCommitExchange } from '../src/kafka/wire/txn-offset-commit.ts';
import type { Headers } from '../src/log/record.ts';

export interface RawBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly Pick<RawRecord, 'key' | 'value' | 'headers'>[];
}

interface RawRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** CONCURRENT_TRANSACTIONS: the markers of the transaction before are not written yet. Or the leader has just been elected. */
const BUSY: ReadonlySet<number> = new Set([51, 3, 6]);

/**
 * Transactions of version 2 (KIP-890), request by request, and nothing that makes them safe: what they cost at least. Throws the
 * protocol's error for anything but a broker that is busy.
 */
export class RawProducer {
  /** How often a broker was busy. */
  refused = 0;
  private readonly client: KafkaClient;
  private readonly sequences = new Map<string, number>();
  private identity: ProducerIdentity;

  static async start(client: KafkaClient, id: string): Promise<RawProducer> {
    const own = client.sibling(id);
    return new RawProducer(own, await fencedIdentity(own, id, 60_000));
  }

  private constructor(client: KafkaClient, identity: ProducerIdentity) {
    this.client = client;
    this.identity = identity;
  }

  get id(): bigint {
    return this.identity.id;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  async send(batches: readonly RawBatch[]): Promise<void> {
    for (let left = batches.map((batch) => this.encode(batch)); left.length > 0;) {
      const busy = await this.sendOnce(left);
      if (busy.length > 0) await this.pause();
      left = busy;
    }
  }

  async commitPositions(positions: readonly GroupPosition[]): Promise<void> {
    const [first] = positions;
    if (!first) return;
    const node = await this.client.coordinator('group', first.group);
    for (;;) {
      const answers = await this.client.exchange<CommittedPosition[]>(
        node,
        txnOffsetCommitExchange(this.identity, positions as PositionRequest, 5),
      );
      if (!isBusy(answers)) return;
      await this.pause();
    }
  }

  async end(): Promise<void> {
    const { transactionalId } = this.identity;
    const node = await this.client.coordinator('transaction', transactionalId);
    const next = await this.client.exchange<{ id: bigint; epoch: number }>(
      node,
      endTxnExchange(this.identity, true),
    );
    if (next.epoch !== this.identity.epoch || next.id !== this.identity.id) this.sequences.clear();
    this.identity = { transactionalId, ...next };
  }

  private encode({ topic, partition, records }: RawBatch): PartitionBatch {
    const key = `${topic}-${partition}`;
    const sequence = this.sequences.get(key) ?? 0;
    this.sequences.set(key, sequence + records.length);
    const producer = { ...this.identity, transactional: true };
    const each = records.map(({ key, value, headers }) => ({ topic, partition, key, value, headers }));
    return { topic, partition, bytes: encodeBatch(each, producer, sequence, Date.now(), 'none') };
  }

  /** Answers those that are to be sent again. */
  private async sendOnce(batches: readonly PartitionBatch[]): Promise<PartitionBatch[]> {
    const byLeader = new Map<number, PartitionBatch[]>();
    for (const batch of batches) {
      const leader = await this.client.leader(batch.topic, batch.partition);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
    }
    const { transactionalId } = this.identity;
    const request = { transactionalId, timeoutMs: 30_000, version: 12 as const };
    const answers = await Promise.all(
      [...byLeader].map(([leader, group]) =>
        this.client.exchange<ProducedPartition[]>(leader, produceExchange(group, request)),
      ),
    );
    const failed = answers.flat().filter(({ errorCode }) => errorCode !== 0);
    isBusy(failed);
    return batches.filter((batch) =>
      failed.some((each) => each.topic === batch.topic && each.partition === batch.partition),
    );
  }

  private async pause(): Promise<void> {
    this.refused++;
    await sleep(1);
  }
}

function isBusy(answers: readonly { readonly errorCode: number }[]): boolean {
  const failed = answers.filter(({ errorCode }) => errorCode !== 0);
  const other = failed.find(({ errorCode }) => !BUSY.has(errorCode));
  if (other) throw protocolError(other.errorCode);
  return failed.length > 0;
}
