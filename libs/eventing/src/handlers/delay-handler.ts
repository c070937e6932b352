import { setTimeout as sleep } from 'node:timers/promises';
import { dueTime } from '../kafka/due-time.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../kafka/record.ts';
import type { Handled, Handler } from '../kafka/transactional-processor.ts';
import { DUE } from './outbox.ts';

/** Node's timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Forwards the records of a delay topic, as they are, to the topic that they are meant for, never before they are
 * due. They leave in the order in which they came, so that all of a topic have one delay: a record that says it is due
 * later than that is taken to be due then, or those behind it would wait with it.
 */
export class DelayHandler implements Handler {
  private readonly target: string;
  private readonly delayMs: number;

  /** `delayMs`: milliseconds that records of this topic are delayed. */
  constructor(target: string, delayMs: number) {
    this.target = target;
    this.delayMs = delayMs;
  }

  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const [first] = records;
    // A timer may fire a millisecond before the clock is there.
    while (first && this.due(first) > Date.now())
      await sleep(Math.min(LONGEST_MS, Math.max(1, this.due(first) - Date.now())), undefined, { signal });
    const now = Date.now();
    const firstLater = records.findIndex((record) => this.due(record) > now);
    const ready = firstLater < 0 ? records : records.slice(0, firstLater);
    return { output: ready.map((record) => this.forward(record)), rest: records.slice(ready.length) };
  }

  private due({ headers, timestamp }: ConsumedRecord): number {
    return dueTime(header(headers, DUE), timestamp, timestamp + this.delayMs);
  }

  private forward({ partition, key, value, headers }: ConsumedRecord): OutgoingRecord {
    return { topic: this.target, partition, key, value, headers: headers.filter(([name]) => name !== DUE) };
  }
}
