import { setTimeout as sleep } from 'node:timers/promises';
import { gaveUp, type GivingUp, ownCopy } from '../failures/giving-up.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../kafka/record.ts';
import type { Handled, Handler } from '../kafka/transactional-processor.ts';
import { sizeOnTheWire } from '../kafka/wire/record-batch.ts';
import { DUE, MessageTooLarge } from './outbox.ts';

/** Node's timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** Where delayed records go, and the bytes of the largest batch there. */
export interface DelayTarget {
  readonly topic: string;
  readonly maxBytes: number;
}

/**
 * Forwards the records of a delay topic, as they are, to the topic that they are meant for, never before they are
 * due. They leave in the order in which they came: behind one that is due late, others wait. Use one delay for
 * one topic. What cannot be forwarded is a dead letter: a batch that cannot be read, or a record that the target does not take.
 */
export class DelayHandler implements Handler {
  private readonly target: DelayTarget;
  private readonly who: GivingUp;

  constructor(target: DelayTarget, who: GivingUp) {
    this.target = target;
    this.who = who;
  }

  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const [first] = records;
    // A timer may fire a millisecond before the clock is there.
    while (first && due(first) > Date.now())
      await sleep(Math.min(LONGEST_MS, Math.max(1, due(first) - Date.now())), undefined, { signal });
    const now = Date.now();
    const firstLater = records.findIndex((record) => due(record) > now);
    const ready = firstLater < 0 ? records : records.slice(0, firstLater);
    return { output: ready.flatMap((record) => this.pass(record)), rest: records.slice(ready.length) };
  }

  private pass(record: ConsumedRecord): OutgoingRecord[] {
    const { original, before } = ownCopy(record, this.who.group);
    const forwarded = this.forward(original);
    const error = original.broken?.error ?? this.refusal(forwarded);
    if (error) return gaveUp(original, error, this.who, { before }).output;
    return [forwarded, ...(before ? this.who.reporter.handled(original, before) : [])];
  }

  private refusal(forwarded: OutgoingRecord): Error | undefined {
    const { topic, maxBytes } = this.target;
    const size = sizeOnTheWire(forwarded);
    if (size <= maxBytes) return undefined;
    return new MessageTooLarge(`The record has ${size} bytes, ${topic} takes ${maxBytes}`);
  }

  private forward({ partition, key, value, headers }: ConsumedRecord): OutgoingRecord {
    const { topic } = this.target;
    return { topic, partition, key, value, headers: headers.filter(([name]) => name !== DUE) };
  }
}

/** A record without a due time is due at once. */
function due(record: ConsumedRecord): number {
  return Number(header(record.headers, DUE) ?? 0) || 0;
}
