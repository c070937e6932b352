import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from './patience.ts';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Asks the gateway until it answers: 503, 408 and broken connections are asked again, because whoever is killed is
 * restarted, and whoever was asleep has not read the request. A request that writes must have a key, so that it counts once.
 */
export async function ask(url: string, init: RequestInit & { readonly patience: Patience }): Promise<Answer> {
  for (;;) {
    const answer = await attempt(url, init);
    if (typeof answer === 'object' && answer.status < 500 && answer.status !== 408) return answer;
    if (init.patience.isOver) {
      const reason = typeof answer === 'string' ? answer : JSON.stringify(answer.body);
      throw new Error(`${init.method ?? 'GET'} ${url} was not answered in time: ${reason}`);
    }
    await sleep(250);
  }
}

async function attempt(url: string, init: RequestInit): Promise<Answer | string> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  } catch (error) {
    return error instanceof Error ? String(error.cause ?? error) : String(error);
  }
}

export const post = (url: string, body: unknown, key: string, patience: Patience, headers = {}) =>
  ask(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      'X-Client-Id': 'demo',
      ...headers,
    },
    patience,
  });
