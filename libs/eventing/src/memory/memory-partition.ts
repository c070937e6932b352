import { type Broken, type ConsumedRecord, type OutgoingRecord, sizeAlone } from '../log/record.ts';

/** Who wrote something, as brokers know it. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

type Outcome = 'open' | 'committed' | 'aborted';

interface Entry {
  /** Undefined for a marker, and for all but the first offset of a batch that cannot be read. */
  readonly record: ConsumedRecord | undefined;
  /** Milliseconds since 1970-01-01 UTC. Markers have a time as well. */
  readonly timestamp: number;
  readonly writer: ProducerIdentity | undefined;
  outcome: Outcome;
}

/** What a partition has open: everything behind it is hidden from those who read what is committed. */
export interface OpenAt extends ProducerIdentity {
  readonly offset: bigint;
  readonly since: number;
}

/**
 * One partition as a leader has it: records and markers, each at an offset of its own. What a transaction wrote stays open until
 * its marker comes, and hides everything behind it from those who read what is committed.
 */
export class MemoryPartition {
  readonly topic: string;
  readonly partition: number;
  private readonly entries: Entry[] = [];
  private start = 0n;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  /** The offset of the first record that is kept. */
  get logStart(): bigint {
    return this.start;
  }

  /** The offset after the last entry: here, everything is replicated at once. */
  get highWatermark(): bigint {
    return BigInt(this.entries.length);
  }

  /** The first offset of what is open and still kept, or the high watermark. */
  get lastStableOffset(): bigint {
    const offset = this.open?.offset ?? this.highWatermark;
    return offset < this.start ? this.start : offset;
  }

  /** The oldest of what is open. */
  get open(): OpenAt | undefined {
    const index = this.entries.findIndex(({ outcome }) => outcome === 'open');
    const { writer, timestamp: since } = this.entries[index] ?? {};
    return writer && since !== undefined ? { ...writer, offset: BigInt(index), since } : undefined;
  }

  holds(offset: bigint): boolean {
    return offset >= this.start && offset <= this.highWatermark;
  }

  /** Answers the offset. `writer`: of a record that belongs to a transaction. */
  append(record: OutgoingRecord, timestamp: number, writer?: ProducerIdentity): bigint {
    const offset = this.highWatermark;
    const { topic, partition } = this;
    const { key, value, headers } = record;
    // Nothing else of it: who copies a record that was read does not become its writer.
    const kept = { topic, partition, offset, timestamp, key, value, headers };
    this.entries.push({
      record: writer ? { ...kept, producerId: writer.producerId } : kept,
      timestamp,
      writer,
      outcome: writer ? 'open' : 'committed',
    });
    return offset;
  }

  /** A batch that cannot be read takes the offsets of all of its records, and is one record at the first of them. */
  appendBroken(
    batch: OutgoingRecord,
    timestamp: number,
    why: Omit<Broken, 'lastOffset'>,
    count: number,
  ): bigint {
    const offset = this.append(batch, timestamp);
    const entry = this.entries[Number(offset)] as Entry;
    const broken = { ...why, lastOffset: offset + BigInt(count - 1) };
    this.entries[Number(offset)] = { ...entry, record: { ...(entry.record as ConsumedRecord), broken } };
    for (let more = 1; more < count; more++)
      this.entries.push({ record: undefined, timestamp, writer: undefined, outcome: 'committed' });
    return offset;
  }

  /** Ends whatever this producer has open here, of whichever epoch: so do brokers, and what was left open is joined. */
  mark(producerId: bigint, outcome: 'committed' | 'aborted', timestamp: number): void {
    for (const entry of this.entries)
      if (entry.outcome === 'open' && entry.writer?.producerId === producerId) entry.outcome = outcome;
    this.entries.push({ record: undefined, timestamp, writer: undefined, outcome: 'committed' });
  }

  /** Whether this producer has something open. */
  isOpenOf(producerId: bigint): boolean {
    return this.entries.some(
      ({ outcome, writer }) => outcome === 'open' && writer?.producerId === producerId,
    );
  }

  /** Lets everything before this offset go, as retention does. */
  trim(before: bigint): void {
    if (before > this.start) this.start = before;
  }

  /** The committed records from an offset up to another (exclusive). */
  read(from: bigint, to: bigint): ConsumedRecord[] {
    const committed = this.entries.slice(Number(from), Number(to)).filter(isCommitted);
    return committed.flatMap(({ record }) => record ?? []);
  }

  /**
   * Where a fetch ends that begins here and may bring so many bytes and so many entries: it brings one at least, unless nothing is
   * there (KIP-74).
   */
  fetchEnd(from: bigint, bytes: number, most: number): bigint {
    const end = this.lastStableOffset;
    let [offset, left] = [from, bytes];
    for (; offset < end && offset < from + BigInt(most); offset++) {
      const record = this.entries[Number(offset)]?.record;
      left -= record ? sizeAlone(record) : 0;
      if (left < 0 && offset > from) break;
    }
    return offset;
  }

  /** What stands at this offset, if it is a record, and how its transaction has ended. */
  at(offset: bigint): { readonly record: ConsumedRecord; readonly outcome: Outcome } | undefined {
    if (!this.holds(offset)) return undefined;
    const { record, outcome } = this.entries[Number(offset)] ?? {};
    return record && outcome && { record, outcome };
  }

  /** When this offset was written, a marker's too: milliseconds since 1970-01-01 UTC. */
  timeAt(offset: bigint): number | undefined {
    return this.entries[Number(offset)]?.timestamp;
  }

  /** The offset of the first entry that is as young as this (milliseconds since 1970-01-01 UTC), whoever may see it. */
  firstSince(time: number): bigint | undefined {
    const kept = this.entries.slice(Number(this.start));
    const index = kept.findIndex(({ timestamp }) => timestamp >= time);
    return index < 0 ? undefined : this.start + BigInt(index);
  }
}

const isCommitted = ({ outcome }: Entry) => outcome === 'committed';
