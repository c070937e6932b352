import { setTimeout as sleep } from 'node:timers/promises';
import { STANDSTILL_MS } from './standstill.ts';

interface AskOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** Asks again and again until the answer is not undefined; gives up at the deadline with `undefined`. */
export async function askUntil<T>(
  ask: () => Promise<T | undefined>,
  options: AskOptions = {},
): Promise<T | undefined> {
  const deadline = Date.now() + (options.withinMs ?? STANDSTILL_MS);
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) return undefined;
    await sleep(options.everyMs ?? 50, undefined, options.signal ? { signal: options.signal } : {});
  }
}

export async function waitUntil(isTrue: () => Promise<boolean>, options: AskOptions = {}): Promise<boolean> {
  return (await askUntil(async () => ((await isTrue()) ? true : undefined), options)) ?? false;
}

/** True when the URL answers with a 2xx status now. */
export async function answersHttp(url: string, signal?: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([patience, signal]) : patience });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
