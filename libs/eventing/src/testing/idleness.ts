import { sideLanes } from '../domain/index.ts';
import type { MemoryBroker } from '../memory/memory-broker.ts';
import type { RunningGroup } from './group-host.ts';

/** For how long nothing may change. */
export interface Patience {
  readonly ms: number;
  /** Milliseconds that one look counts at most. */
  readonly longestLookMs: number;
}

/** The time when nobody looked, on a busy machine, proves nothing. */
export const ON_THE_MACHINE: Patience = { ms: 60_000, longestLookMs: 500 };
/**
 * Four hours, longer than the delays of most retries. They take a second or two, in which two groups poll: some
 * 5,000 timers an hour.
 */
export const IN_SIMULATED_TIME: Patience = { ms: 14_400_000, longestLookMs: Infinity };

/** Tells whether everything on a broker is handled; and what is not, once nothing changes there any more. */
export class Idleness {
  private readonly broker: MemoryBroker;
  private readonly groups: readonly RunningGroup[];
  private readonly patience: Patience;
  private readonly forget: () => void;
  /** Before the first look, something may have. */
  private changed = true;
  private lookedAt = -Infinity;
  private stillMs = 0;

  constructor(broker: MemoryBroker, groups: readonly RunningGroup[], patience: Patience) {
    this.broker = broker;
    this.groups = groups;
    this.patience = patience;
    this.forget = broker.onChange(() => (this.changed = true));
  }

  close(): void {
    this.forget();
  }

  /** Throws when a group has stopped, and when nothing has changed for too long. */
  async isIdle(): Promise<boolean> {
    for (const { stopped } of this.groups) {
      const reason = stopped();
      if (reason !== undefined) throw new Error(reason);
    }
    const left = (await this.unhandled().next()).value;
    if (left === undefined) return true;
    await this.look();
    return false;
  }

  private async look(): Promise<void> {
    const { ms, longestLookMs } = this.patience;
    const now = this.broker.surroundings.clock.elapsed();
    this.stillMs = this.changed ? 0 : this.stillMs + Math.min(now - this.lookedAt, longestLookMs);
    this.changed = false;
    this.lookedAt = now;
    if (this.stillMs < ms) return;
    const all: string[] = [];
    for await (const one of this.unhandled()) all.push(one);
    const waits = this.groups.flatMap((group) => group.waits().map((why) => `${group.spec.group}: ${why}`));
    throw new Error(`Nothing has changed for ${ms} ms: ${[...all, ...waits].join('; ')}`);
  }

  /** What stands still, in words. */
  private async *unhandled(): AsyncGenerator<string, undefined> {
    for (const id of this.broker.transactions.busy) yield `a transaction of ${id} is open`;
    for (const { spec, busy, position } of this.groups) {
      for (const source of spec.topics)
        for (const topic of [source, ...sideLanes(spec, source)])
          for (const { partition, highWatermark } of this.broker.topics.topic(topic).partitions) {
            const offset = await position(topic, partition);
            if (offset < highWatermark)
              yield `${spec.group} stands at offset ${offset} of ${topic}-${partition}, which ends at ${highWatermark}`;
          }
      const what = busy();
      if (what !== undefined) yield `${spec.group} ${what}`;
    }
    return undefined;
  }
}
