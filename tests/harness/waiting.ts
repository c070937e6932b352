import { setTimeout as sleep } from 'node:timers/promises';

/** No limit on the whole: it gives up what stands still. */
export { until } from '@atelier/local-stack';

/** How long a fault lasts: part of what is injected, not something that is waited for. */
export const lasting = (ms: number) => sleep(ms);

/** What comes of this work, or nothing when it takes longer than so many milliseconds; it goes on then. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(ms, undefined, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
