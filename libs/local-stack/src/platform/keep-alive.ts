import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit } from '../child.ts';
import type { Program } from '../program.ts';

export interface Backoff {
  firstMs: number;
  longestMs: number;
  /** One that has run this long is healthy again: the next pause is the first one. */
  healthyAfterMs: number;
}

const defaultBackoff: Backoff = { firstMs: 500, longestMs: 30_000, healthyAfterMs: 60_000 };

/** Starts a program again whenever it dies, on the same ports, until `closing`. */
export async function keepAlive(
  program: Program,
  say: (line: string) => void,
  closing: AbortSignal,
  backoff = defaultBackoff,
): Promise<void> {
  let pauseMs = backoff.firstMs;
  for (let startedAt = Date.now(); ;) {
    const exit = await program.exited;
    if (closing.aborted) return;
    const diedAt = Date.now();
    if (diedAt - startedAt >= backoff.healthyAfterMs) pauseMs = backoff.firstMs;
    say(`${program.name} died (${describeExit(exit)}), restarting in ${pauseMs / 1000} s`);
    try {
      await sleep(pauseMs, undefined, { signal: closing });
      startedAt = Date.now();
      await program.start(Infinity); // It may have to wait for another that is down.
      say(`${program.name} is back after ${((Date.now() - diedAt) / 1000).toFixed(1)} s`);
    } catch (error) {
      if (closing.aborted) return;
      say(firstLine(error));
    }
    pauseMs = Math.min(pauseMs * 2, backoff.longestMs);
  }
}

const firstLine = (error: unknown) =>
  String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
