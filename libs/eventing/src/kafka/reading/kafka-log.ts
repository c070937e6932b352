import type { LogError } from '../../log/errors.ts';
import type { Chunk, EndedRecord, Log, LogTopic, Range, RecordPlace, StoredPosition } from '../../log/log.ts';
import type { OutgoingRecord } from '../../log/record.ts';
import type { KafkaClient } from '../client/client.ts';
import { systemClock } from '../../time/system-clock.ts';
import { GroupPositions } from '../groups/group-positions.ts';
import { notStable } from '../open-transactions/not-stable.ts';
import { readPartition } from './partition-reader.ts';
import { logEnd, logStart, offsetAtTime, stableEnd } from '../groups/stored-positions.ts';
import { endedRecordAt } from './record-at.ts';
import { sizeOnTheWire } from '../wire/encode-batch.ts';

/** The log of a Kafka cluster. */
export class KafkaLog implements Log {
  readonly clock = systemClock;
  private readonly client: KafkaClient;
  private readonly positions: GroupPositions;
  private readonly parts = new Map<string, Log>();

  constructor(client: KafkaClient) {
    this.client = client;
    this.positions = new GroupPositions(client);
  }

  clusterId(): Promise<string> {
    return this.client.clusterId();
  }

  async topic(name: string): Promise<LogTopic> {
    const { id, leaders } = await this.client.topic(name);
    return { id, partitions: leaders.length };
  }

  start(topic: string, partition: number, signal?: AbortSignal): Promise<bigint> {
    return logStart(this.client, topic, partition, signal);
  }

  end(topic: string, partition: number, signal?: AbortSignal): Promise<bigint> {
    return logEnd(this.client, topic, partition, signal);
  }

  stableEnd(topic: string, partition: number, signal?: AbortSignal): Promise<bigint> {
    return stableEnd(this.client, topic, partition, signal);
  }

  offsetAtTime(topic: string, partition: number, time: number, signal?: AbortSignal): Promise<bigint> {
    return offsetAtTime(this.client, topic, partition, time, signal);
  }

  read(topic: string, partition: number, range: Range): AsyncIterable<Chunk> {
    return readPartition(this.client, topic, partition, range);
  }

  endedRecordAt(at: RecordPlace, signal: AbortSignal): Promise<EndedRecord | 'marker' | undefined> {
    return endedRecordAt(this.client, at, signal);
  }

  position(group: string, topic: string, partition: number, signal?: AbortSignal): Promise<StoredPosition> {
    return this.positions.of(group, { topic, partition }, signal);
  }

  sizeOf(record: OutgoingRecord): number {
    return sizeOnTheWire(record);
  }

  confirmLeaders(topics: readonly string[]): Promise<boolean> {
    return this.client.confirmLeaders(topics);
  }

  notStable(topic: string, partition: number): Promise<LogError> {
    return notStable(this.client, topic, partition);
  }

  apart(name: string): Log {
    const part = this.parts.get(name) ?? new KafkaLog(this.client.sibling(name));
    this.parts.set(name, part);
    return part;
  }

  async close(): Promise<void> {
    await Promise.all([this.client, ...this.parts.values()].map((each) => each.close()));
  }
}
