import { byPartition } from '../log/partitions.ts';
import {
  type Catalogue,
  type Delayed,
  delayTopic,
  type ErrorFields,
  EventingError,
  type Message,
  type Metadata,
  type TopicSpec,
  topicUnknown,
} from '../domain/index.ts';
import { type OutgoingRecord, sizeTogether } from '../log/record.ts';
import { toHeaders } from './cloud-events.ts';
import type { MessageCodec } from './message-codec.ts';
import { partitionOf } from './partitioner.ts';

/** When a delayed command is due: milliseconds since 1970-01-01 UTC. */
export const DUE = 'due';

/** A message that its topic would refuse: the record that caused it can never succeed. */
export class MessageTooLarge extends EventingError {
  constructor(message: string, fields: ErrorFields) {
    super('MESSAGE_TOO_LARGE', message, { fields });
  }
}

/** A command would wait longer than its delay topic lets any record wait. */
export class DelayTooLong extends EventingError {
  constructor(type: string, topic: string, delayMs: number, longestMs: number) {
    super('DELAY_TOO_LONG', `${type} is to wait ${delayMs} ms, and ${topic} delays by ${longestMs}`, {
      fields: { type, topic, delayMs, longestMs },
    });
  }
}

/** Milliseconds by which commands are delayed, by the topic that they arrive on: one delay for each. */
export type Delays = Readonly<Record<string, number>>;

/** Turns messages into records: topic and key by the contract, partition by the key and the catalogue. */
export class RecordBuilder {
  private readonly codec: MessageCodec;
  private readonly topics: ReadonlyMap<string, TopicSpec>;
  private readonly delays: Delays;
  readonly source: string;

  constructor(codec: MessageCodec, catalogue: Catalogue, source: string, delays: Delays = {}) {
    this.codec = codec;
    this.topics = new Map(catalogue.topics.map((topic) => [topic.name, topic]));
    this.source = source;
    this.delays = delays;
  }

  /** The value of the message's key field: the id of its aggregate. */
  keyOf(message: Message): string {
    return String((message.data as Record<string, unknown>)[this.codec.typeOf(message.type).key]);
  }

  partitionOf(topic: string, key: string | Buffer): number {
    return partitionOf(key, this.topicOf(topic).partitions);
  }

  record(message: Message, metadata: Omit<Metadata, 'subject' | 'source'>): OutgoingRecord {
    const { topic } = this.codec.typeOf(message.type);
    return this.address(topic, message, metadata);
  }

  delayed({ command, delayMs }: Delayed, metadata: Omit<Metadata, 'subject' | 'source'>): OutgoingRecord {
    const target = this.codec.typeOf(command.type).topic;
    const topic = delayTopic(target);
    const longest = this.delays[target];
    if (longest !== undefined && delayMs > longest)
      throw new DelayTooLong(command.type, topic, delayMs, longest);
    const record = this.address(topic, command, metadata);
    const due = [DUE, Buffer.from(String(metadata.time + delayMs))] as const;
    return this.fitting({ ...record, headers: [...record.headers, due] }, command.type);
  }

  private address(
    topic: string,
    message: Message,
    metadata: Omit<Metadata, 'subject' | 'source'>,
  ): OutgoingRecord {
    const subject = this.keyOf(message);
    const key = Buffer.from(subject);
    const value = this.codec.encode(message);
    const headers = toHeaders(message.type, { ...metadata, subject, source: this.source });
    return this.fitting(
      { topic, partition: this.partitionOf(topic, key), key, value, headers },
      message.type,
    );
  }

  private fitting(record: OutgoingRecord, type: string): OutgoingRecord {
    this.refuseBatch([record], type);
    return record;
  }

  private topicOf(name: string): TopicSpec {
    const topic = this.topics.get(name);
    if (!topic) throw topicUnknown(name);
    return topic;
  }

  /**
   * Throws MessageTooLarge when these records, which were built here and are sent together, are more than one of their topics takes.
   * Compression is left out of account: what follows from a message must not depend on how it is sent.
   */
  refuseTooLarge(records: readonly OutgoingRecord[], type: string): void {
    // One alone was looked at when it was built.
    if (records.length < 2) return;
    for (const group of byPartition(records).values()) this.refuseBatch(group, type);
  }

  private refuseBatch(records: readonly OutgoingRecord[], type: string): void {
    const { topic } = records[0] as OutgoingRecord;
    const limit = this.topicOf(topic).maxMessageBytes;
    const bytes = sizeTogether(records);
    if (bytes <= limit) return;
    throw new MessageTooLarge(tooLarge(type, records.length, bytes, topic, limit), { type, topic, bytes });
  }
}

function tooLarge(type: string, count: number, size: number, topic: string, limit: number): string {
  const what =
    count === 1
      ? `${type} has ${size} bytes`
      : `What follows from ${type} has ${size} bytes in ${count} messages`;
  return `${what} with headers, ${topic} takes ${limit} at once`;
}
