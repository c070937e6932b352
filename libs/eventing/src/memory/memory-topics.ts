import type { ErrorFields } from '../domain/index.ts';
import { LogError, RecordTooLarge } from '../log/errors.ts';
import type { TopicPartition } from '../log/log.ts';
import { partitionKey } from '../log/partitions.ts';
import { type OutgoingRecord, sizeTogether } from '../log/record.ts';
import { MemoryPartition } from './memory-partition.ts';

interface MemoryTopic {
  readonly id: string;
  readonly partitions: readonly MemoryPartition[];
  readonly maxBytes: number;
}

/** The topics of a broker in memory. Nothing is created by being asked for. */
export class MemoryTopics {
  private readonly topics = new Map<string, MemoryTopic>();
  private readonly changed: () => void;
  private made = 0;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** `maxBytes`: of its largest batch; there is no limit unless given. */
  create(name: string, partitions: number, maxBytes = Infinity): void {
    if (this.topics.has(name)) return;
    const made = Array.from({ length: partitions }, (_, partition) => new MemoryPartition(name, partition));
    this.topics.set(name, { id: `topic-${++this.made}`, partitions: made, maxBytes });
    this.changed();
  }

  delete(name: string): void {
    this.topics.delete(name);
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION: it may still be created. */
  topic(name: string): MemoryTopic {
    const topic = this.topics.get(name);
    if (topic) return topic;
    throw unknown(`The topic ${name} does not exist`, true, { topic: name });
  }

  /** Throws UNKNOWN_TOPIC_OR_PARTITION. */
  partition(topic: string, partition: number): MemoryPartition {
    const found = this.topic(topic).partitions[partition];
    if (found) return found;
    throw unknown(`${topic} has no partition ${partition}`, false, { topic, partition });
  }

  /** How many partitions a topic has; undefined when it does not exist. */
  countOf(topic: string): number | undefined {
    return this.topics.get(topic)?.partitions.length;
  }

  /** Undefined when it does not exist. */
  find({ topic, partition }: TopicPartition): MemoryPartition | undefined {
    return this.topics.get(topic)?.partitions[partition];
  }

  *all(): Generator<MemoryPartition> {
    for (const { partitions } of this.topics.values()) yield* partitions;
  }

  /** Throws RecordTooLarge when these are more than a topic takes at once. Nothing is compressed here. */
  refuseTooLarge(records: readonly OutgoingRecord[]): void {
    const batches = Map.groupBy(records, ({ topic, partition }) => partitionKey(topic, partition));
    for (const batch of batches.values()) {
      const [{ topic } = { topic: '' }] = batch;
      if (sizeTogether(batch) > this.topic(topic).maxBytes) throw new RecordTooLarge(topic, undefined);
    }
  }
}

const unknown = (message: string, retryable: boolean, fields: ErrorFields) =>
  new LogError('UNKNOWN_TOPIC_OR_PARTITION', message, { retryable, fields });
