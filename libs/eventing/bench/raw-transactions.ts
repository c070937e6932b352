import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from '../src/kafka/client/client.ts';
import { openOf } from '../src/kafka/open-transactions/markers.ts';
import { partitionEnds } from '../src/kafka/reading/partition-ends.ts';
import { RawProducer } from './raw-producer.ts';

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

const RECORD = { key: Buffer.from('key'), value: Buffer.alloc(100, 'x'), headers: [] };

/** Transactions of one producer, back to back, of records that are all the same. */
export class RawTransactions {
  private readonly client: KafkaClient;
  private readonly producer: RawProducer;
  private offset = 0n;
  private looks = 0;

  static async start(client: KafkaClient, id: string): Promise<RawTransactions> {
    return new RawTransactions(client.sibling(`${id}-looks`), await RawProducer.start(client, id));
  }

  private constructor(client: KafkaClient, producer: RawProducer) {
    this.client = client;
    this.producer = producer;
  }

  async run(unit: Unit, manner: Manner): Promise<string> {
    const { seconds = 5 } = manner;
    const times: number[] = [];
    this.producer.refused = this.looks = 0;
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
    return `${times.length} transactions, ${at(0.5)} ms median, ${at(0.95)} ms p95, one each ${per} ms, ${Math.round((records * times.length * 1000) / took)} records/s, client ${((user + system) / 1000 / times.length).toFixed(2)} ms CPU each, refused ${this.producer.refused}, looks ${this.looks}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.close(), this.client.close()]);
  }

  private async transact(unit: Unit, { together }: Manner): Promise<void> {
    const send = () => this.producer.send(unit.batches.map((batch) => ({ ...batch, records: same(batch) })));
    if (together) await Promise.all([send(), this.commitPositions(unit)]);
    else {
      await send();
      await this.commitPositions(unit);
    }
    await this.producer.end();
  }

  private async commitPositions({ groups, positions }: Unit): Promise<void> {
    this.offset++;
    const position = { topic: 'source', offset: this.offset, memberId: '', generation: -1 };
    const metadata = '0|one|0|4711|two|0|4711';
    await Promise.all(
      groups.map((group) =>
        this.producer.commitPositions(
          Array.from({ length: positions }, (_, partition) => ({ ...position, group, partition, metadata })),
        ),
      ),
    );
  }

  private async look(unit: Unit, { look, pauseMs = 0 }: Manner): Promise<void> {
    if (look === 'pause') await sleep(pauseMs);
    if (look === 'producers') {
      do this.looks++;
      while ((await openOf(this.client, this.producer.id, unit.batches)).length > 0);
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

const same = ({ records }: { readonly records: number }) => Array.from({ length: records }, () => RECORD);
