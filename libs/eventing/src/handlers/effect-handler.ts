import { setTimeout as sleep } from 'node:timers/promises';
import type { Received } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { deadLetter } from '../failures/dead-letter.ts';
import { HaltError } from '../kafka/errors.ts';
import type { Failpoint } from '../kafka/failpoints.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../kafka/record.ts';
import type { Handled, Handler } from '../kafka/transactional-processor.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import type { PerformedIndex } from '../state/performed-index.ts';
import { open } from './inbox.ts';

/** Lets one event act on the outside world. */
export type Performance = (
  event: Received,
  attempt: { idempotencyKey: string; signal: AbortSignal },
) => Promise<void>;

export interface EffectPlan {
  readonly group: string;
  /**
   * Which side of the event its position is committed on; at-least-once unless given. At-most-once makes one attempt,
   * whatever it fails with: the position has passed the event already.
   */
  readonly guarantee?: 'at-least-once' | 'at-most-once';
  /** Attempts for an error that may pass, before the record becomes a dead letter. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly delayMs: number;
  /** Milliseconds that one attempt may take before its signal fires. */
  readonly timeoutMs: number;
  /** Milliseconds of performing after which the position is committed; 0 commits after each event. */
  readonly commitAfterMs: number;
}

/**
 * Runs an effect on one partition. The outside world has no transactions: each event is marked on this machine's disk
 * as soon as it was performed, and the position is committed soon after, so that a restart here repeats the one event
 * under way at most, and a takeover by another machine those of the last commit interval.
 */
export class EffectHandler implements Handler {
  private readonly plan: EffectPlan;
  private readonly performances: ReadonlyMap<string, Performance>;
  private readonly codec: MessageCodec;
  private readonly performed: PerformedIndex;
  private readonly failpoint: Failpoint;

  constructor(
    plan: EffectPlan,
    performances: ReadonlyMap<string, Performance>,
    codec: MessageCodec,
    performed: PerformedIndex,
    failpoint: Failpoint,
  ) {
    this.plan = plan;
    this.performances = performances;
    this.codec = codec;
    this.performed = performed;
    this.failpoint = failpoint;
  }

  /** Performs one event after the other until it is time to commit; the rest is left for later. */
  async handle(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<Handled> {
    const commitAt = performance.now() + this.plan.commitAfterMs;
    const output: OutgoingRecord[] = [];
    let performed = 0;
    for (const [index, record] of records.entries()) {
      if (!this.concerns(record)) continue;
      if (performed > 0 && (performance.now() >= commitAt || signal.aborted))
        return { output, rest: records.slice(index) };
      try {
        output.push(...(await this.handleOne(record, signal)));
      } catch (error) {
        // What was done until now is committed; the next batch begins with this one, and throws.
        if (performed === 0) throw error;
        return { output, rest: records.slice(index) };
      }
      performed++;
    }
    return { output };
  }

  /** The dead letter of an event that it gave up, or nothing. Throws when a dependency is down. */
  private async handleOne(record: ConsumedRecord, signal: AbortSignal): Promise<OutgoingRecord[]> {
    const error = await (this.isOnce ? this.once(record) : this.attempt(record, signal));
    await this.failpoint('after-effect');
    if (error === undefined) return [];
    const { group, attempts } = this.plan;
    const single = this.isOnce || classify(error, 'retryable') === 'fatal';
    const handler = `${group} ${header(record.headers, 'ce_type') ?? ''}`.trim();
    return [deadLetter(record, { group, handler, attempts: single ? 1 : attempts, error })];
  }

  async close(): Promise<void> {
    await this.performed.close();
  }

  private get isOnce(): boolean {
    return this.plan.guarantee === 'at-most-once';
  }

  private concerns({ headers }: ConsumedRecord): boolean {
    const type = header(headers, 'ce_type');
    return type === undefined || this.performances.has(type);
  }

  /** Answers the error that it gave up with, or nothing. Throws when a dependency is down: no attempt is counted. */
  private async attempt(record: ConsumedRecord, signal: AbortSignal): Promise<unknown> {
    const [opened] = await open(this.codec, [record], (type) => this.performances.has(type));
    if (!opened) return undefined;
    if ('error' in opened) return opened.error;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.perform(opened.message);
        return undefined;
      } catch (error) {
        const kind = classify(error, 'retryable');
        if (error instanceof HaltError || kind === 'unavailable' || signal.aborted) throw error;
        if (kind === 'fatal' || attempt >= this.plan.attempts) return error;
        await sleep(this.plan.delayMs * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  /** Answers the error, also that of an outage: there is no later for this event. Throws HaltError only. */
  private async once(record: ConsumedRecord): Promise<unknown> {
    try {
      const [opened] = await open(this.codec, [record], (type) => this.performances.has(type));
      if (opened && 'error' in opened) return opened.error;
      if (opened) await this.perform(opened.message);
      return undefined;
    } catch (error) {
      if (error instanceof HaltError) throw error;
      return error;
    }
  }

  private async perform(event: Received): Promise<void> {
    const idempotencyKey = event.metadata.id;
    if (this.performed.has(idempotencyKey)) return;
    // A stopping service lets the attempt finish while it can: breaking off could leave it done and not recorded.
    const signal = AbortSignal.timeout(this.plan.timeoutMs);
    await Promise.race([
      this.performances.get(event.type)?.(event, { idempotencyKey, signal }),
      deadline(signal),
    ]);
    this.performed.add(idempotencyKey, Date.now());
  }
}

/** Rejects when the time is up, for an effect that does not listen to its signal. */
function deadline(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
