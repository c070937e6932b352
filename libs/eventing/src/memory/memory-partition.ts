import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';

/** Who wrote something, as brokers know it. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

type Outcome = 'open' | 'committed' | 'aborted';

interface Entry {
  /** Undefined for a marker. */
  readonly record: ConsumedRecord | undefined;
  readonly writer: ProducerIdentity | undefined;
  outcome: Outcome;
}

/**
 * One partition as a leader has it: records and markers, each at an offset of its own. What a transaction wrote stays open until
 * its marker comes, and hides everything behind it from those who read what is committed.
 */
export class MemoryPartition {
  readonly topic: string;
  readonly partition: number;
  private readonly entries: Entry[] = [];

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  /** The offset after the last entry: here, everything is replicated at once. */
  get highWatermark(): bigint {
    return BigInt(this.entries.length);
  }

  /** The first offset of what is open, or the high watermark. */
  get lastStableOffset(): bigint {
    const open = this.entries.findIndex(({ outcome }) => outcome === 'open');
    return open < 0 ? this.highWatermark : BigInt(open);
  }

  /** Answers the offset. `writer`: of a record that belongs to a transaction. */
  append(record: OutgoingRecord, timestamp: number, writer?: ProducerIdentity): bigint {
    const offset = this.highWatermark;
    const { topic, partition } = this;
    const kept = { ...record, topic, partition, offset, timestamp };
    this.entries.push({
      record: writer ? { ...kept, producerId: writer.producerId } : kept,
      writer,
      outcome: writer ? 'open' : 'committed',
    });
    return offset;
  }

  /** Ends whatever this producer has open here, of whichever epoch: so do brokers, and what was left open is joined. */
  mark(producerId: bigint, outcome: 'committed' | 'aborted'): void {
    for (const entry of this.entries)
      if (entry.outcome === 'open' && entry.writer?.producerId === producerId) entry.outcome = outcome;
    this.entries.push({ record: undefined, writer: undefined, outcome: 'committed' });
  }

  /** Whether this producer has something open. */
  isOpenOf(producerId: bigint): boolean {
    return this.entries.some(
      ({ outcome, writer }) => outcome === 'open' && writer?.producerId === producerId,
    );
  }

  /** The committed records from an offset up to another (exclusive). */
  read(from: bigint, to: bigint): ConsumedRecord[] {
    const committed = this.entries.slice(Number(from), Number(to)).filter(isCommitted);
    return committed.flatMap(({ record }) => record ?? []);
  }

  /** What stands at this offset, if it is a record, and how its transaction has ended. */
  at(offset: bigint): { readonly record: ConsumedRecord; readonly outcome: Outcome } | undefined {
    const { record, outcome } = this.entries[Number(offset)] ?? {};
    return record && outcome && { record, outcome };
  }

  /** The first record that is as young as this (milliseconds since 1970-01-01 UTC), whoever may see it. */
  firstSince(time: number): ConsumedRecord | undefined {
    return this.entries.find(({ record }) => record && record.timestamp >= time)?.record;
  }
}

const isCommitted = ({ outcome }: Entry) => outcome === 'committed';
