import { LogError } from '../log/errors.ts';
import { partitionKey } from '../log/partitions.ts';
import { MemoryPartition } from './memory-partition.ts';

interface MemoryTopic {
  readonly id: string;
  readonly partitions: readonly MemoryPartition[];
}

/** The topics of a broker in memory. Nothing is created by being asked for. */
export class MemoryTopics {
  private readonly topics = new Map<string, MemoryTopic>();

  create(name: string, partitions: number): void {
    if (this.topics.has(name)) return;
    const made = Array.from({ length: partitions }, (_, partition) => new MemoryPartition(name, partition));
    this.topics.set(name, { id: `topic-${this.topics.size}`, partitions: made });
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION. */
  topic(name: string): MemoryTopic {
    const topic = this.topics.get(name);
    if (topic) return topic;
    throw unknown(`The topic ${name} does not exist`);
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION. */
  partition(topic: string, partition: number): MemoryPartition {
    const found = this.topic(topic).partitions[partition];
    if (found) return found;
    throw unknown(`${partitionKey(topic, partition)} does not exist`);
  }

  *all(): Generator<MemoryPartition> {
    for (const { partitions } of this.topics.values()) yield* partitions;
  }
}

const unknown = (message: string) => new LogError('UNKNOWN_TOPIC_OR_PARTITION', message, { retryable: true });
