import { setTimeout as sleep } from 'node:timers/promises';
import { fencedIdentity } from '../fixtures/fenced-identity.ts';
import { KafkaClient } from '../src/kafka/client.ts';
import { protocolError } from '../src/kafka/kafkajs.ts';
import { openOf } from '../src/kafka/markers.ts';
import { partitionEnds } from '../src/kafka/partition-ends.ts';
import { endTxnExchange } from '../src/kafka/wire/end-txn.ts';
import { type PartitionBatch, type ProducedPartition, produceExchange } from '../src/kafka/wire/produce.ts';
import type { ProducerIdentity } from '../src/kafka/wire/producer-identity.ts';
import { encodeBatch } from '../src/kafka/wire/record-batch.ts';
import { type CommittedPosition, txnOffsetCommitExchange } from '../src/kafka/wire/txn-offset-commit.ts';

export interface Unit {
  readonly batches: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly records: number;
  }[];
  readonly groups: readonly string[];
  /** Of each group. */
  readonly positions: number;
}

export interface Manner {
  readonly seconds?: number;
  /** Positions are sent beside records, and not after them. */
  readonly together?: boolean;
  /** What is waited for before the next one begins. */
  readonly look?: 'none' | 'producers' | 'ends' | 'pause';
  readonly pauseMs?: number;
}

const BUSY = 51;
const VALUE = Buffer.alloc(100, 'x');

/** Transactions of version 2, request by request, back to back. */
export class RawTransactions {
  private readonly client: KafkaClient;
  private identity: ProducerIdentity;
  private sequences = new Map<string, number>();
  private offset = 0n;
  private refused = 0;
  private looks = 0;

  static async start(client: KafkaClient, id: string): Promise<RawTransactions> {
    const own = client.sibling(id);
    return new RawTransactions(own, await fencedIdentity(own, id, 60_000));
  }

  private constructor(client: KafkaClient, identity: ProducerIdentity) {
    this.client = client;
    this.identity = identity;
  }

  async run(unit: Unit, manner: Manner): Promise<string> {
    const { seconds = 5 } = manner;
    const times: number[] = [];
    this.refused = this.looks = 0;
    const cpu = process.cpuUsage();
    const began = performance.now();
    for (const end = began + seconds * 1_000; performance.now() < end;) {
      const start = performance.now();
      await this.transact(unit, manner);
      times.push(performance.now() - start);
      await this.look(unit, manner);
    }
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    times.sort((one, other) => one - other);
    const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
    const per = (took / times.length).toFixed(1);
    const records = unit.batches.reduce((sum, batch) => sum + batch.records, 0);
    return `${times.length} transactions, ${at(0.5)} ms median, ${at(0.95)} ms p95, one each ${per} ms, ${Math.round((records * times.length * 1000) / took)} records/s, client ${((user + system) / 1000 / times.length).toFixed(2)} ms CPU each, refused ${this.refused}, looks ${this.looks}`;
  }

  private async transact(unit: Unit, { together }: Manner): Promise<void> {
    if (together) await Promise.all([this.send(unit), this.commitPositions(unit)]);
    else {
      await this.send(unit);
      await this.commitPositions(unit);
    }
    const { transactionalId } = this.identity;
    const node = await this.client.coordinator('transaction', transactionalId);
    const next = await this.client.exchange<{ id: bigint; epoch: number }>(
      node,
      endTxnExchange(this.identity, true),
    );
    if (next.epoch !== this.identity.epoch || next.id !== this.identity.id) this.sequences.clear();
    this.identity = { transactionalId, ...next };
  }

  private async send(unit: Unit): Promise<void> {
    let batches: PartitionBatch[] = unit.batches.map(({ topic, partition, records }) => {
      const key = `${topic}-${partition}`;
      const sequence = this.sequences.get(key) ?? 0;
      this.sequences.set(key, sequence + records);
      const { id, epoch } = this.identity;
      const producer = { id, epoch, transactional: true };
      const each = { topic, partition, key: Buffer.from('key'), value: VALUE, headers: [] };
      return {
        topic,
        partition,
        bytes: encodeBatch(
          Array.from({ length: records }, () => each),
          producer,
          sequence,
          Date.now(),
          'none',
        ),
      };
    });
    const { transactionalId } = this.identity;
    while (batches.length > 0) {
      const byLeader = new Map<number, PartitionBatch[]>();
      for (const batch of batches) {
        const leader = await this.client.leader(batch.topic, batch.partition);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
      }
      const answers = await Promise.all(
        [...byLeader].map(([leader, group]) =>
          this.client.exchange<ProducedPartition[]>(
            leader,
            produceExchange(group, { transactionalId, timeoutMs: 30_000, version: 12 }),
          ),
        ),
      );
      const failed = answers.flat().filter(({ errorCode }) => errorCode !== 0);
      const other = failed.find(({ errorCode }) => errorCode !== BUSY);
      if (other) throw protocolError(other.errorCode);
      if (failed.length > 0) this.refused++;
      batches = batches.filter((batch) =>
        failed.some((each) => each.topic === batch.topic && each.partition === batch.partition),
      );
      if (batches.length > 0) await sleep(1);
    }
  }

  private async commitPositions(unit: Unit): Promise<void> {
    this.offset++;
    await Promise.all(unit.groups.map((group) => this.commitGroup(group, unit.positions)));
  }

  private async commitGroup(group: string, count: number): Promise<void> {
    const node = await this.client.coordinator('group', group);
    const positions = Array.from({ length: count }, (_, partition) => ({
      group,
      topic: 'source',
      partition,
      offset: this.offset,
      memberId: '',
      generation: -1,
      metadata: '0|one|0|4711|two|0|4711',
    }));
    for (;;) {
      const answers = await this.client.exchange<CommittedPosition[]>(
        node,
        txnOffsetCommitExchange(this.identity, positions as never, 5),
      );
      const failed = answers.find(({ errorCode }) => errorCode !== 0);
      if (!failed) return;
      if (failed.errorCode !== BUSY) throw protocolError(failed.errorCode);
      this.refused++;
      await sleep(1);
    }
  }

  private async look(unit: Unit, { look, pauseMs = 0 }: Manner): Promise<void> {
    if (look === 'pause') await sleep(pauseMs);
    if (look === 'producers') {
      do this.looks++;
      while ((await openOf(this.client, this.identity.id, unit.batches)).length > 0);
    }
    if (look === 'ends') {
      let ends;
      do {
        this.looks++;
        ends = await partitionEnds(this.client, unit.batches);
      } while (ends.some(({ lastStableOffset, highWatermark }) => lastStableOffset < highWatermark));
    }
  }
}
