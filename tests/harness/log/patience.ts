import { setTimeout as sleep } from 'node:timers/promises';
import { LogError } from './log-error.ts';

const PAUSE_MS = 50;

/** How long failures are borne in a row: whoever gets on may start to count again. */
export class Patience {
  private readonly ms: number;
  private deadline: number;

  constructor(ms: number) {
    this.ms = ms;
    this.deadline = Date.now() + ms;
  }

  renew(): void {
    this.deadline = Date.now() + this.ms;
  }

  /** Waits a moment. Throws the failure when it is not one that passes, or when it has lasted too long. */
  async bear(failure: unknown): Promise<void> {
    const passes = failure instanceof LogError && failure.retryable;
    if (!passes || Date.now() > this.deadline) throw failure;
    await sleep(PAUSE_MS);
  }
}
