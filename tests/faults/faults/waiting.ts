import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition; throws what was waited for, as it stood last, when it does not come within the time. */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await condition()); await sleep(50)) {
    if (Date.now() > deadline)
      throw new Error(`Not within ${withinMs / 1_000} s: ${typeof what === 'string' ? what : what()}`);
  }
}

/** How long a fault lasts: part of what is injected, not something that is waited for. */
export const lasting = (ms: number) => sleep(ms);
