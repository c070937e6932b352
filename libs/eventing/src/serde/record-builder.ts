import { byPartition } from '../log/partitions.ts';
import {
  type Catalogue,
  type Delayed,
  delayTopic,
  type ErrorFields,
  EventingError,
  type Message,
  type Metadata,
  topicOf,
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
  private readonly catalogue: Catalogue;
  private readonly delays: Delays;
  readonly source: string;

  constructor(codec: MessageCodec, catalogue: Catalogue, source: string, delays: Delays = {}) {
    this.codec = codec;
    this.catalogue = catalogue;
    this.source = source;
    this.delays = delays;
  }

  /** The value of the message's key field: the id of its aggregate. */
  keyOf(message: Message): string {
    return String((message.data as Record<string, unknown>)[this.codec.typeOf(message.type).key]);
  }

  partitionOf(topic: string, key: string): number {
    return partitionOf(key, topicOf(this.catalogue, topic).partitions);
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
    return { ...record, headers: [...record.headers, [DUE, Buffer.from(String(metadata.time + delayMs))]] };
  }

  private address(
    topic: string,
    message: Message,
    metadata: Omit<Metadata, 'subject' | 'source'>,
  ): OutgoingRecord {
    const key = this.keyOf(message);
    const value = this.codec.encode(message);
    const headers = toHeaders(message.type, { ...metadata, subject: key, source: this.source });
    const record = { topic, partition: this.partitionOf(topic, key), key: Buffer.from(key), value, headers };
    this.refuseTooLarge([record], message.type);
    return record;
  }

  /**
   * Throws MessageTooLarge when these records, which are sent together, are more than one of their topics takes. Compression is left
   * out of account: what follows from a message must not depend on how it is sent.
   */
  refuseTooLarge(records: readonly OutgoingRecord[], type: string): void {
    for (const group of byPartition(records).values()) {
      const { topic } = group[0] as OutgoingRecord;
      const limit = topicOf(this.catalogue, topic).maxMessageBytes;
      const size = sizeTogether(group);
      if (size > limit)
        throw new MessageTooLarge(tooLarge(type, group.length, size, topic, limit), {
          type,
          topic,
          bytes: size,
        });
    }
  }
}

function tooLarge(type: string, count: number, size: number, topic: string, limit: number): string {
  const what =
    count === 1
      ? `${type} has ${size} bytes`
      : `What follows from ${type} has ${size} bytes in ${count} messages`;
  return `${what} with headers, ${topic} takes ${limit} at once`;
}
