import type { ConsumedRecord } from '../log/record.ts';
import type { MessageCodec } from './message-codec.ts';
import { mayBe, messagesIn, type Placed, valuesOf } from './received-records.ts';
import { UnknownRecords } from './unknown-records.ts';

/** How a handler reads the records of a partition: which messages it wants, and what it does about those that its release does not know. */
export class RecordReader {
  private readonly codec: MessageCodec;
  private readonly wanted: (type: string) => boolean;
  private readonly unknown: UnknownRecords;

  constructor(codec: MessageCodec, wanted: (type: string) => boolean, unknown = new UnknownRecords()) {
    this.codec = codec;
    this.wanted = wanted;
    this.unknown = unknown;
  }

  /** Looks up what `concerns` and `read` need. Rejects when the registry does not answer. */
  prepare(records: readonly ConsumedRecord[]): Promise<void> {
    return this.codec.prepare(valuesOf(records));
  }

  /** Whether it may hold a wanted message, or cannot be read: see `mayBe`. */
  concerns(record: ConsumedRecord): boolean {
    return mayBe(this.codec, record, this.wanted);
  }

  /** The wanted messages in a record. Throws what `messagesIn` throws, or WaitsForRelease. */
  read(record: ConsumedRecord): readonly Placed[] {
    const messages = this.unknown.meet(record, () => messagesIn(this.codec, record));
    return messages.filter(({ type }) => this.wanted(type));
  }

  get notices(): readonly string[] {
    return this.unknown.notices;
  }
}
