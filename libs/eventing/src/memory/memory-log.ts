import type { Clock } from '../time/clock.ts';
import { sleep } from '../time/waiting.ts';
import { LogError } from '../log/errors.ts';
import type {
  Chunk,
  EndedRecord,
  Log,
  LogTopic,
  Range,
  RecordPlace,
  StoredPosition,
  TopicPartition,
} from '../log/log.ts';
import { type OutgoingRecord, sizeAlone } from '../log/record.ts';
import type { MemoryBroker } from './memory-broker.ts';
import { outOfRange } from './out-of-range.ts';

/** Milliseconds for which a position is waited for that a transaction may change. */
const UNSTABLE_MS = 2_000;
/** Milliseconds between two looks at what somebody else will end. */
const LOOK_MS = 5;
/** Records of one chunk. */
const CHUNK = 1_000;

/** The log of a broker in memory. It answers as a broker does: nothing in the call itself, everything a little later. */
export class MemoryLog implements Log {
  readonly clock: Clock;
  private readonly broker: MemoryBroker;

  constructor(broker: MemoryBroker) {
    this.broker = broker;
    this.clock = broker.surroundings.clock;
  }

  async clusterId(): Promise<string> {
    return 'memory';
  }

  async topic(name: string): Promise<LogTopic> {
    const { id, partitions } = this.broker.topics.topic(name);
    return { id, partitions: partitions.length };
  }

  async start(topic: string, partition: number): Promise<bigint> {
    return this.broker.topics.partition(topic, partition).logStart;
  }

  async end(topic: string, partition: number): Promise<bigint> {
    return this.broker.topics.partition(topic, partition).highWatermark;
  }

  async stableEnd(topic: string, partition: number): Promise<bigint> {
    return this.broker.topics.partition(topic, partition).lastStableOffset;
  }

  async offsetAtTime(topic: string, partition: number, time: number): Promise<bigint> {
    const found = this.broker.topics.partition(topic, partition);
    return found.firstSince(time) ?? found.highWatermark;
  }

  /** Waits for the partition to be there, and for the stable end to reach the range's: nothing is passed over. */
  async *read(topic: string, partition: number, { from, to, signal }: Range): AsyncGenerator<Chunk> {
    for (let position = from; position < to;) {
      signal.throwIfAborted();
      const found = this.broker.topics.find({ topic, partition });
      if (found && !found.holds(position)) throw outOfRange({ topic, partition, offset: position });
      const stable = found?.lastStableOffset ?? position;
      const end = smallest(stable, to, position + BigInt(CHUNK));
      if (found && end > position) yield { records: found.read(position, end), nextOffset: (position = end) };
      else await sleep(this.clock, LOOK_MS, signal);
    }
  }

  async endedRecordAt({
    topic,
    partition,
    offset,
  }: RecordPlace): Promise<EndedRecord | 'marker' | undefined> {
    const found = this.broker.topics.partition(topic, partition);
    const { logStart: start, highWatermark, lastStableOffset } = found;
    if (offset >= lastStableOffset && offset < highWatermark) throw await this.notStable(topic, partition);
    const { record, outcome } = found.at(offset) ?? {};
    if (!record) return offset >= start && offset < highWatermark ? 'marker' : undefined;
    return { record, aborted: outcome === 'aborted' };
  }

  async position(
    group: string,
    topic: string,
    partition: number,
    signal?: AbortSignal,
  ): Promise<StoredPosition> {
    for (const deadline = this.clock.elapsed() + UNSTABLE_MS; ;) {
      const position = this.broker.group(group).position({ topic, partition });
      if (position) return position;
      if (this.clock.elapsed() > deadline) throw this.unstable(group, { topic, partition });
      await sleep(this.clock, LOOK_MS, signal);
    }
  }

  private unstable(group: string, at: TopicPartition): LogError {
    const producer = this.broker.group(group).changedBy(at) ?? -1n;
    const who = `producer ${producer} (${this.broker.transactions.nameOf(producer)})`;
    const message = `The position of ${group} is not final: ${who} has a transaction open on it`;
    return new LogError('UNSTABLE_OFFSET_COMMIT', message, { retryable: true });
  }

  sizeOf(record: OutgoingRecord): number {
    return sizeAlone(record);
  }

  /** There is one, and it is always there. */
  async confirmLeaders(): Promise<boolean> {
    return true;
  }

  async notStable(topic: string, partition: number): Promise<LogError> {
    const open = this.broker.describeOpen({ topic, partition });
    const message = open ?? `a transaction is open on ${topic}-${partition}`;
    return new LogError('NOT_STABLE', message, { retryable: true });
  }

  apart(): Log {
    return this;
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

const smallest = (...offsets: readonly bigint[]) => offsets.reduce((a, b) => (b < a ? b : a));
