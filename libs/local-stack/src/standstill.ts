import { setTimeout as sleep } from 'node:timers/promises';

/** What usually moves every few seconds at least may stand still this long, so that a machine ten times slower is not given up. */
export const STANDSTILL_MS = 180_000;
/** Whatever moves on and on, and never gets there, is given up all the same. */
export const CEILING_MS = 1_800_000;
/** One look counts this much at most: the time when nobody looked, on a busy machine or one that slept, proves nothing. */
const LONGEST_LOOK_MS = 5_000;

/** What a progress is compared by. */
export type Seen = string | number | bigint | boolean | undefined;

export interface Limits {
  readonly standstillMs?: number;
  readonly ceilingMs?: number;
}

/**
 * Tells what stands still from what is slow. How long the whole may take is a property of the machine; that nothing
 * changes any more is one of what is waited for.
 */
export class Standstill {
  private readonly standstillMs: number;
  private readonly ceilingMs: number;
  private readonly began = performance.now();
  private lookedAt = this.began;
  private stillMs = 0;
  private last: Seen;

  constructor({ standstillMs = STANDSTILL_MS, ceilingMs = CEILING_MS }: Limits = {}) {
    this.standstillMs = standstillMs;
    this.ceilingMs = ceilingMs;
  }

  /** Anything else than was seen last is progress. */
  look(progress?: Seen): void {
    const now = performance.now();
    this.stillMs = progress === this.last ? this.stillMs + Math.min(now - this.lookedAt, LONGEST_LOOK_MS) : 0;
    this.lookedAt = now;
    this.last = progress;
  }

  /** Why to give up, once there is a reason to. */
  get verdict(): string | undefined {
    if (this.stillMs >= this.standstillMs) return `Nothing has changed for ${this.standstillMs / 1_000} s`;
    if (performance.now() - this.began < this.ceilingMs) return undefined;
    return `Not within ${this.ceilingMs / 1_000} s`;
  }
}

export interface WaitOptions extends Limits {
  /** What gets on while the condition does not hold yet; without one the condition itself must come. */
  readonly progress?: () => Seen | Promise<Seen>;
  readonly everyMs?: number;
}

/** Waits for a condition; throws what was waited for, as it stood last, when it stands still or never comes. */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  { progress, everyMs = 50, ...limits }: WaitOptions = {},
): Promise<void> {
  const standstill = new Standstill(limits);
  for (; !(await condition()); await sleep(everyMs)) {
    standstill.look(await progress?.());
    if (standstill.verdict)
      throw new Error(`${standstill.verdict}: ${typeof what === 'string' ? what : what()}`);
  }
}
