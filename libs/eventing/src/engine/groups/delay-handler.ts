import { type Attempted, failedForGood } from '../../failures/attempts.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { type PureGroup, pureVerdict } from '../../failures/pure-verdict.ts';
import { dueTime } from '../../log/due-time.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { Handled, Handler } from '../handler.ts';
import type { Log } from '../../log/log.ts';
import { sleep } from '../../time/waiting.ts';
import { DUE, MessageTooLarge } from '../../serde/record-builder.ts';

/** Who names the producer that forwards would be believed by its word: see `believedCopy`. */
const LEFT_OUT: readonly string[] = [DUE, FAILURE.producer];

/** The group that delays, and who is told of what it cannot forward. */
export type DelayingGroup = PureGroup;

/** Where delayed records go, and after how long. */
export interface DelayTarget {
  readonly topic: string;
  /** Bytes of the largest batch there. */
  readonly maxBytes: number;
  /** Milliseconds that all records for this topic are delayed. */
  readonly delayMs: number;
}

/**
 * Forwards the records of a delay topic, as they are, to the topic that they are meant for, never before they are
 * due. They leave in the order in which they came, so that all of a topic have one delay: a record that says it is due
 * later than that is taken to be due then, or those behind it would wait with it. What cannot be forwarded is a dead letter: a
 * batch that cannot be read, or a record that the target does not take.
 */
export class DelayHandler implements Handler {
  private readonly target: DelayTarget;
  private readonly who: DelayingGroup;
  private readonly log: Pick<Log, 'sizeOf'>;

  constructor(target: DelayTarget, who: DelayingGroup, log: Pick<Log, 'sizeOf'>) {
    this.target = target;
    this.who = who;
    this.log = log;
  }

  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const [first] = records;
    const { clock } = this.who;
    // Those from the future wait from now on, all at the same time.
    for (const record of records) this.due(record);
    // A timer may fire a millisecond before the clock is there.
    for (let left = 1; first && left > 0;) {
      left = this.due(first) - clock.now();
      if (left > 0) await sleep(clock, left, signal);
    }
    const now = clock.now();
    const firstLater = records.findIndex((record) => this.due(record) > now);
    const ready = firstLater < 0 ? records : records.slice(0, firstLater);
    return { output: ready.flatMap((record) => this.pass(record)), rest: records.slice(ready.length) };
  }

  private pass(record: ConsumedRecord): readonly OutgoingRecord[] {
    return pureVerdict(record, (original) => this.attempt(original), this.who).output;
  }

  private attempt(original: ConsumedRecord): Attempted {
    const forwarded = this.forward(original);
    const error = original.broken?.error ?? this.refusal(forwarded);
    return error ? failedForGood(error, this.who.clock.now()) : { output: [forwarded] };
  }

  private refusal(forwarded: OutgoingRecord): Error | undefined {
    const { topic, maxBytes } = this.target;
    const size = this.log.sizeOf(forwarded);
    if (size <= maxBytes) return undefined;
    return new MessageTooLarge(`The record has ${size} bytes, ${topic} takes ${maxBytes}`, {
      topic,
      bytes: size,
    });
  }

  private due(record: ConsumedRecord): number {
    return dueTime(record, DUE, this.target.delayMs, this.who.clock.now());
  }

  private forward({ partition, key, value, headers }: ConsumedRecord): OutgoingRecord {
    const { topic } = this.target;
    return { topic, partition, key, value, headers: headers.filter(([name]) => !LEFT_OUT.includes(name)) };
  }
}
