import { LogError } from '../../log/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaError } from './errors.ts';

export interface RetryOptions {
  /** Milliseconds after which the last error is thrown. */
  readonly forMs: number;
  readonly firstDelayMs?: number;
  readonly signal?: AbortSignal;
  /** Errors that are thrown at once although they may pass. */
  readonly unless?: (error: LogError) => boolean;
}

/** Repeats a request while its error is one that passes, waiting 5 ms, then longer up to 500 ms. */
export async function retrying<T>(request: () => Promise<T>, options: RetryOptions): Promise<T> {
  const deadline = performance.now() + options.forMs;
  for (let delay = options.firstDelayMs ?? 5; ; delay = Math.min(delay * 1.5, 500)) {
    try {
      return await request();
    } catch (cause) {
      const error: LogError = kafkaError(cause);
      const hopeless = !error.retryable || options.unless?.(error) || options.signal?.aborted;
      if (hopeless || performance.now() + delay > deadline) throw error;
      await sleep(delay, undefined, options.signal && { signal: options.signal });
    }
  }
}
