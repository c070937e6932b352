import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsumedRecord, header, type OutgoingRecord } from '../kafka/record.ts';
import type { Handled, Handler } from '../kafka/transactional-processor.ts';
import { DUE } from './outbox.ts';

/** Node's timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Forwards the records of a delay topic, as they are, to the topic that they are meant for, never before they are
 * due. They leave in the order in which they came: behind one that is due late, others wait. Use one delay for
 * one topic.
 */
export class DelayHandler implements Handler {
  private readonly target: string;

  constructor(target: string) {
    this.target = target;
  }

  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const [first] = records;
    // A timer may fire a millisecond before the clock is there.
    while (first && due(first) > Date.now())
      await sleep(Math.min(LONGEST_MS, Math.max(1, due(first) - Date.now())), undefined, { signal });
    const now = Date.now();
    const firstLater = records.findIndex((record) => due(record) > now);
    const ready = firstLater < 0 ? records : records.slice(0, firstLater);
    return { output: ready.map((record) => this.forward(record)), rest: records.slice(ready.length) };
  }

  private forward({ partition, key, value, headers }: ConsumedRecord): OutgoingRecord {
    return { topic: this.target, partition, key, value, headers: headers.filter(([name]) => name !== DUE) };
  }
}

/** A record without a due time is due at once. */
function due(record: ConsumedRecord): number {
  return Number(header(record.headers, DUE) ?? 0) || 0;
}
