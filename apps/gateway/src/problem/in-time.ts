import { setTimeout as sleep } from 'node:timers/promises';
import { Problem, unavailable } from './problem.ts';

const patienceMs = 5_000;

/** The answer of Kafka or the registry. Throws 503 when it does not come in time. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: timer.signal }).then(() => {
    throw silent();
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

export const silent = (cause?: unknown) => unavailable('Kafka or the schema registry does not answer', cause);

/** Throws 503 for whatever went wrong. */
export function away(error: unknown): never {
  throw error instanceof Problem ? error : silent(error);
}
