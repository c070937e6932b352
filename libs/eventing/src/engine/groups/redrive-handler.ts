import { groupUnknown, type Message, type Received } from '../../domain/index.ts';
import { inShort, redriveCopy, releaseMark } from '../../failures/copies.ts';
import { isBatch, originalOf, readFailure } from '../../failures/failure-headers.ts';
import { type DeadLetterAt, findDeadLetters, letterKey } from '../../failures/find-dead-letters.ts';
import { keyBytes } from '../../failures/key-text.ts';
import type { Log } from '../../log/log.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { MessageCodec } from '../../serde/message-codec.ts';
import { derivedId } from '../../serde/message-id.ts';
import { mayBe, messagesIn, valuesOf } from '../../serde/received-records.ts';
import { withTimeout } from '../../time/waiting.ts';
import type { RecordBuilder } from '../../serde/record-builder.ts';
import type { RecordHandler } from '../../failures/record-handler.ts';

/** What an event asks for: that a dead letter be given back, or that nobody wait for it any more. */
export type RedriveOrder =
  | {
      readonly kind: 'redrive';
      readonly letter: DeadLetterAt;
      /** The edited value; the dead letter's own when there is none. */
      readonly value: Buffer | null;
      /** The command that records that it was sent. */
      readonly sent: Message;
      /** The command that records why it was not. */
      readonly notSent: (refusal: NotSent) => Message;
    }
  | { readonly kind: 'release'; readonly released: Released };

/**
 * Why nothing is given back: the dead letter is not on its topic, the catalogue does not have its group, its copy is
 * larger than what the topic takes, or it is a batch that could not be read.
 */
export type NotSent = 'record-missing' | 'unknown-group' | 'too-large' | 'unreadable-batch';

/** The topic on which a group gets its dead letters back, and the bytes of its largest batch. */
export interface RedriveTarget {
  readonly topic: string;
  readonly maxBytes: number;
}

/** Where dead letters of a group and source are given back; undefined for a group that is not in the catalogue. */
export type TargetOf = (group: string, source: string) => RedriveTarget | undefined;

/** A dead letter that was discarded. */
export interface Released {
  readonly deadLetterId: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** As it was told: see `keyText`. */
  readonly key: string | null;
}

/** How the events of a platform are understood by its redriver. */
export interface RedriveOrders {
  readonly types: readonly string[];
  order(event: Received): RedriveOrder;
}

/** Milliseconds to look for dead letters: less than a handler's time, so that no late look meets the next one. */
const LOOK_MS = 30_000;

/**
 * Gives dead letters back to the group that failed and to no other: on its redrive topic, or, for a decider, on its
 * commands topic; never on an events topic. The copy, the command that records it, and the position are one transaction.
 */
export class RedriveHandler implements RecordHandler {
  private readonly group: string;
  private readonly orders: RedriveOrders;
  private readonly codec: MessageCodec;
  private readonly builder: RecordBuilder;
  private readonly log: Log;
  private readonly targetOf: TargetOf;
  private letters = new Map<string, ConsumedRecord>();

  constructor(
    group: string,
    orders: RedriveOrders,
    parts: {
      readonly codec: MessageCodec;
      readonly builder: RecordBuilder;
      readonly log: Log;
      readonly targetOf: TargetOf;
    },
  ) {
    this.group = group;
    this.orders = orders;
    this.codec = parts.codec;
    this.builder = parts.builder;
    this.log = parts.log;
    this.targetOf = parts.targetOf;
  }

  concerns(record: ConsumedRecord): boolean {
    return mayBe(this.codec, record, (type) => this.orders.types.includes(type));
  }

  /** Reads the dead letters of all orders together: one look into each partition, not one for each letter. */
  async prepare(records: readonly ConsumedRecord[]): Promise<void> {
    await this.codec.prepare(valuesOf(records));
    const wanted = records.filter((record) => this.concerns(record)).flatMap((record) => this.wanted(record));
    this.letters = await withTimeout(this.log.clock, LOOK_MS, (signal) =>
      findDeadLetters(this.log, wanted, signal),
    );
  }

  handle(record: ConsumedRecord): OutgoingRecord[] {
    return this.eventsIn(record).flatMap((event) => {
      const order = this.orders.order(event);
      return order.kind === 'redrive' ? this.giveBack(order, event) : this.release(order.released);
    });
  }

  private eventsIn(record: ConsumedRecord): readonly Received[] {
    return messagesIn(this.codec, record).filter(({ type }) => this.orders.types.includes(type));
  }

  private giveBack(
    { letter: at, value, sent, notSent }: Extract<RedriveOrder, { kind: 'redrive' }>,
    { metadata: { id, correlationId } }: Received,
  ): OutgoingRecord[] {
    const time = this.log.clock.now();
    const metadata = { id: derivedId(id, this.group, 0), time, correlationId, causationId: id };
    const copy = this.copyOf(at, value, time);
    if (typeof copy === 'string') return [this.builder.record(notSent(copy), metadata)];
    return [copy, this.builder.record(sent, metadata)];
  }

  private copyOf(at: DeadLetterAt, value: Buffer | null, since: number): OutgoingRecord | NotSent {
    const target = this.targetOf(at.group, at.topic);
    if (!target) return 'unknown-group';
    const letter = this.letters.get(letterKey(at));
    const failure = letter && readFailure(letter.headers);
    if (!failure) return 'record-missing';
    if (isBatch(letter.headers)) return 'unreadable-batch';
    const original = originalOf(letter);
    const edited = { topic: target.topic, value: value ?? original.value, since };
    const copies = [failure, inShort(failure)].map((known) => redriveCopy(original, known, edited));
    return copies.find((copy) => this.log.sizeOf(copy) <= target.maxBytes) ?? 'too-large';
  }

  /** Deciders park nothing. */
  private release({ deadLetterId, group, topic, partition, key }: Released): OutgoingRecord[] {
    const target = this.targetOf(group, topic);
    if (!target) throw groupUnknown(group);
    if (target.topic === topic) return [];
    return [
      releaseMark(
        { id: deadLetterId, group },
        { topic, partition, key: key === null ? null : keyBytes(key) },
      ),
    ];
  }

  /** What cannot be decoded fails in its turn, in `handle`. */
  private wanted(record: ConsumedRecord): DeadLetterAt[] {
    try {
      const orders = this.eventsIn(record).map((event) => this.orders.order(event));
      const letters = orders.flatMap((order) => (order.kind === 'redrive' ? [order.letter] : []));
      return letters.filter(({ group, topic }) => this.targetOf(group, topic));
    } catch {
      return [];
    }
  }
}
