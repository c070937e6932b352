import type { LogPosition } from '@atelier/eventing';
import type { Message, Metadata, Received } from '@atelier/eventing/domain';
import { partitionOf } from '@atelier/eventing/serde';

export const partitions = 6;

export interface Logged {
  readonly position: LogPosition;
  readonly message: Received;
}

/** Topics of six partitions, in memory. As in Kafka after a transaction, an offset is left out behind each record. */
export class InProcessLog {
  private readonly records = new Map<string, Logged[]>();

  append(topic: string, message: Message, metadata: Metadata): Logged {
    const partition = partitionOf(metadata.subject, partitions);
    const offset = this.nextFetch(topic, partition);
    const logged = { position: { topic, partition, offset }, message: { ...message, metadata } };
    this.read(topic, partition).push(logged);
    return logged;
  }

  read(topic: string, partition: number): Logged[] {
    const key = `${topic} ${partition}`;
    const records = this.records.get(key) ?? [];
    this.records.set(key, records);
    return records;
  }

  /** Every message of a topic, partition by partition. */
  all(topic: string): Received[] {
    const numbers = Array.from({ length: partitions }, (_, partition) => partition);
    return numbers.flatMap((partition) => this.read(topic, partition).map(({ message }) => message));
  }

  from(topic: string, partition: number, offset: bigint): Logged[] {
    return this.read(topic, partition).filter(({ position }) => position.offset >= offset);
  }

  /** The offset after the last record. */
  end(topic: string, partition: number): bigint {
    const last = this.read(topic, partition).at(-1);
    return last ? last.position.offset + 1n : 0n;
  }

  /** Where a reader is that has passed the marker, too. */
  nextFetch(topic: string, partition: number): bigint {
    return BigInt(this.read(topic, partition).length) * 2n;
  }
}
