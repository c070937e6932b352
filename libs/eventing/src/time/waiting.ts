import type { Clock } from './clock.ts';

/** What every clock asks of a wait. Throws RangeError for NaN, which one would take for no time at all, and another for ever. */
export function refuseNaN(ms: number): void {
  if (!Number.isNaN(ms)) return;
  // eslint-disable-next-line no-restricted-syntax -- only a programmer can meet it
  throw new RangeError('A wait of NaN milliseconds: look for what it is computed from, and is no number');
}

/** Waits so many milliseconds; throws the signal's reason when that comes first. */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason as Error);
  const cancel = clock.timer(ms, resolve);
  signal?.addEventListener('abort', abort);
  try {
    await promise;
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
  }
}

/** Waits until a moment, in milliseconds of `elapsed`; not at all when it is past. */
export async function sleepUntil(clock: Clock, time: number): Promise<void> {
  const left = time - clock.elapsed();
  if (left > 0) await sleep(clock, left);
}

/** Waits for work to end, well or badly, at most so many milliseconds. Answers whether it has ended. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.timer(ms, () => resolve(false));
  const ended = () => true;
  try {
    return await Promise.race([work.then(ended, ended), late]);
  } finally {
    cancel();
  }
}

/**
 * What the work answers. After so many milliseconds its signal fires, and a TimeoutError is thrown, whether the work listens or
 * not.
 */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  const cancel = clock.timer(ms, () => timeout.abort(reason));
  try {
    return await unlessAborted(work(timeout.signal), timeout.signal);
  } finally {
    cancel();
  }
}

/** Waits for a promise; throws the signal's reason when that comes first, or has: then nobody hears how the promise ends. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
