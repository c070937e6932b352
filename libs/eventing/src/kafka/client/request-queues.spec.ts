import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import './kafkajs.ts';
import type { RequestQueue } from './request-queues.ts';

interface Queue extends RequestQueue {
  push(request: { entry: object; expectResponse: boolean; sendRequest: () => void }): void;
}

const load = createRequire(import.meta.url);
const Queues = load('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const nobody = () => undefined;

describe('the connections of a process', () => {
  it('have one timer that looks for requests that are late (each had one, ten times a second, while nothing happened)', async () => {
    const before = timers();
    const queues = Array.from(
      { length: 20 },
      () =>
        new Queues({
          ...{ maxInFlightRequests: null, requestTimeout: 30, enforceRequestTimeout: true },
          ...{ clientId: 'spec', broker: 'nowhere', logger: { debug: nobody, warn: nobody } },
        }),
    );
    for (const queue of queues) queue.scheduleRequestTimeoutCheck();
    expect(timers() - before).toBe(1);
    const late = queues.map(
      (queue, correlationId) =>
        new Promise((resolve, reject) => {
          const entry = { apiKey: 1, apiName: 'Fetch', apiVersion: 1, correlationId, resolve, reject };
          queue.push({ entry, expectResponse: true, sendRequest: nobody });
        }),
    );
    const outcomes = await Promise.allSettled(late);
    expect(new Set(outcomes.map((each) => (each as PromiseRejectedResult).reason.name))).toEqual(
      new Set(['KafkaJSRequestTimeoutError']),
    );
    for (const queue of queues) queue.destroy();
    expect(timers() - before).toBe(0);
  });
});
