import type { Clock } from '../time/clock.ts';
import type { Outage } from './outage.ts';

const FIRST_PROBE_MS = 50;
const LAST_PROBE_MS = 5_000;

/**
 * One dependency, which is down while the circuit is open. Whoever met the outage waits; after 50 ms, then twice as long
 * each time up to 5 seconds, one of them tries, and when that succeeds all go on.
 */
export class Circuit {
  readonly dependency: string;
  private readonly clock: Clock;
  private message = '';
  private since: number | undefined;
  private delayMs = FIRST_PROBE_MS;
  private probeAt = 0;
  private probing: Waiter | undefined;
  private readonly waiters = new Set<Waiter>();
  private readonly waiting = new Set<() => void>();

  constructor(dependency: string, clock: Clock) {
    this.clock = clock;
    this.dependency = dependency;
  }

  get open(): boolean {
    return this.since !== undefined;
  }

  get reason(): string {
    const seconds = Math.round((this.clock.elapsed() - (this.since ?? this.clock.elapsed())) / 1_000);
    return `${this.dependency} has been down for ${seconds} s: ${this.message}`;
  }

  /** `waiter` met the outage, or tried in vain. */
  failed(waiter: Waiter, message: string): void {
    this.message = message;
    if (!this.open) this.begin();
    else if (this.probing === waiter) this.delayMs = Math.min(this.delayMs * 2, LAST_PROBE_MS);
    if (this.probing === waiter) this.probeAt = this.clock.elapsed() + this.delayMs;
    this.waiters.add(waiter);
    this.giveTurn(waiter);
  }

  /** Resolves when the circuit is closed, or when it is this one's turn to try. */
  async turn(waiter: Waiter, signal: AbortSignal): Promise<void> {
    while (this.open && !signal.aborted) {
      const wait = this.probeAt - this.clock.elapsed();
      if (!this.probing && wait <= 0) {
        this.probing = waiter;
        return;
      }
      await this.woken(this.probing ? Infinity : wait, signal);
    }
  }

  close(): void {
    this.since = undefined;
    this.probing = undefined;
    this.waiters.clear();
    this.wakeAll();
  }

  /** When nobody is left who would try, nobody knows any more that it is down. */
  leave(waiter: Waiter): void {
    this.waiters.delete(waiter);
    if (this.waiters.size === 0) this.close();
    else this.giveTurn(waiter);
  }

  private giveTurn(waiter: Waiter): void {
    if (this.probing !== waiter) return;
    this.probing = undefined;
    this.wakeAll();
  }

  private begin(): void {
    this.since = this.clock.elapsed();
    this.delayMs = FIRST_PROBE_MS;
    this.probeAt = this.since + this.delayMs;
  }

  private wakeAll(): void {
    for (const wake of this.waiting) wake();
  }

  private async woken(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const cancel = this.clock.timer(Math.max(1, ms), wake);
    this.waiting.add(wake);
    signal.addEventListener('abort', wake);
    await promise;
    signal.removeEventListener('abort', wake);
    this.waiting.delete(wake);
    cancel();
  }
}

/** One worker's part in an outage. */
export class Waiter implements Outage {
  readonly circuit: Circuit;

  constructor(circuit: Circuit) {
    this.circuit = circuit;
  }

  get dependency(): string {
    return this.circuit.dependency;
  }

  tryAgain(signal: AbortSignal): Promise<void> {
    return this.circuit.turn(this, signal);
  }

  over(): void {
    this.circuit.close();
  }

  leave(): void {
    this.circuit.leave(this);
  }
}
