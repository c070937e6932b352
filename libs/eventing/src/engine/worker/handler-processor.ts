import type { ConsumedRecord } from '../../log/record.ts';
import type { Handled, Handler, Reached } from '../handler.ts';
import type { LaneBatch, Positions } from './lanes.ts';
import type { Membership } from '../ports/membership.ts';
import type { Processor } from './processor.ts';

/**
 * Runs a handler on one partition: it decodes and handles a batch before anything leaves this process, and what it answers is
 * committed under the membership from before. What a commit is, and where it begins, is the guarantee.
 */
export abstract class HandlerProcessor implements Processor {
  protected readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }

  get paced(): boolean {
    return false;
  }

  get sideTopics(): readonly string[] {
    return this.handler.sideTopics ?? [];
  }

  get notices(): readonly string[] {
    return this.handler.notices ?? [];
  }

  get owes(): boolean {
    return this.handler.owes ?? false;
  }

  get defers(): boolean {
    return this.handler.defers ?? false;
  }

  onOwing(listener: () => void): void {
    this.handler.onOwing?.(listener);
  }

  dueAt(record: ConsumedRecord): number {
    return this.handler.dueAt?.(record) ?? 0;
  }

  async process(
    { topic, records, nextOffset }: LaneBatch,
    signal: AbortSignal,
    handled: () => void = () => undefined,
  ): Promise<readonly ConsumedRecord[]> {
    const membership = this.membership();
    const open = records.filter(({ offset }) => !this.isDone(topic, offset));
    const result = await this.handle(open, signal, { topic, offset: nextOffset });
    handled();
    const [next] = result.rest ?? [];
    if (!this.defers) await this.commit(result, membership, { topic, offset: next?.offset ?? nextOffset });
    return next ? records.slice(records.indexOf(next)) : [];
  }

  async settle(signal: AbortSignal, handled: () => void = () => undefined): Promise<void> {
    const membership = this.membership();
    const result = await this.handler.settle?.(signal);
    handled();
    if (result) await this.commit(result, membership, result.reached);
  }

  async close(): Promise<void> {
    await this.handler.close?.();
  }

  protected handle(records: readonly ConsumedRecord[], signal: AbortSignal, end: Reached): Promise<Handled> {
    return this.handler.handle(records, signal, end);
  }

  /** Whether an earlier owner has done it, although the position is before it. */
  protected isDone(_topic: string, _offset: bigint): boolean {
    return false;
  }

  abstract assign(signal: AbortSignal): Promise<Positions>;

  abstract abandon(): Promise<void>;

  /** The membership of now: see `Member.membershipOf`. */
  protected abstract membership(): Membership;

  /** Publishes what was handled, and moves the position, if it moves. Both are durable when it resolves. */
  protected abstract commit(result: Handled, membership: Membership, reached?: Reached): Promise<void>;
}
