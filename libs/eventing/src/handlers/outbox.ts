import {
  type Catalogue,
  type Delayed,
  delayTopic,
  type Message,
  type Metadata,
  topicOf,
} from '../domain/index.ts';
import type { OutgoingRecord } from '../kafka/record.ts';
import { toHeaders } from '../serde/cloud-events.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { partitionOf } from '../serde/partitioner.ts';

/** When a delayed command is due: milliseconds since 1970-01-01 UTC. */
export const DUE = 'due';

/** A message that its topic would refuse: the record that caused it can never succeed. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
  readonly code = 'MESSAGE_TOO_LARGE';
  readonly retryable = false;
}

/** A command would wait longer than its delay topic lets any record wait. */
export class DelayTooLong extends Error {
  override readonly name = 'DelayTooLong';
  readonly code = 'DELAY_TOO_LONG';
  readonly retryable = false;
}

/** Milliseconds by which commands are delayed, by the topic that they arrive on: one delay for each. */
export type Delays = Readonly<Record<string, number>>;

const HEADERS_ALLOWANCE = 1024;

/** Turns messages into records: topic and key by the contract, partition by the key and the catalogue. */
export class Outbox {
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
      throw new DelayTooLong(`${command.type} is to wait ${delayMs} ms, and ${topic} delays by ${longest}`);
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
    const limit = topicOf(this.catalogue, topic).maxMessageBytes - HEADERS_ALLOWANCE;
    if (value.length > limit)
      throw new MessageTooLarge(`${message.type} has ${value.length} bytes, ${topic} takes ${limit}`);
    const headers = toHeaders(message.type, { ...metadata, subject: key, source: this.source });
    return { topic, partition: this.partitionOf(topic, key), key: Buffer.from(key), value, headers };
  }
}
