import type { LogPositions } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import { ProjectionLags } from './projection-lags.ts';

const at = (partition: number, offset: bigint) => ({ topic: 'orders.events', partition, offset });
const lagsOn = (logs: Partial<LogPositions>) => new ProjectionLags(logs as LogPositions);

describe('how far projections are behind', () => {
  it('is asked once for each place, and of time only where there is a lag', async () => {
    const asked: unknown[] = [];
    const lags = await lagsOn({
      stableEnds: async (places) => {
        asked.push(places.length);
        return [at(0, 10n), at(1, 10n)];
      },
      writtenAt: async ({ partition }) => {
        asked.push(partition);
        return Date.now() - 5_000;
      },
    }).of([at(0, 10n), at(1, 4n), at(1, 4n)]);
    expect(asked).toEqual([2, 1]);
    expect(lags.get('orders.events~0~10')).toEqual({ end: 10n, events: 0n, seconds: 0 });
    const { events, seconds = 0 } = lags.get('orders.events~1~4') ?? {};
    expect(events).toBe(6n);
    expect(seconds).toBeGreaterThanOrEqual(5);
  });

  it('is no time where only markers are left, or where a clock was ahead', async () => {
    for (const written of [undefined, Date.now() + 60_000]) {
      const logs = { stableEnds: async () => [at(0, 2n)], writtenAt: async () => written };
      const lags = await lagsOn(logs).of([at(0, 1n)]);
      expect(lags.get('orders.events~0~1')).toEqual({ end: 2n, events: 1n, seconds: 0 });
    }
  });

  it('is not known of a partition that nobody answers for', async () => {
    const logs: Partial<LogPositions> = {
      stableEnds: async () => [at(0, 2n), at(1, 2n)],
      writtenAt: async ({ partition }) => {
        if (partition === 0) throw new Error('gone');
        return Date.now();
      },
    };
    const lags = await lagsOn(logs).of([at(0, 1n), at(1, 1n), at(2, 1n)]);
    expect([...lags.keys()]).toEqual(['orders.events~1~1']);
  });

  it('is not known while Kafka is away', async () => {
    const away = async () => Promise.reject(new Error('no broker'));
    const lags = lagsOn({ stableEnds: away, members: away });
    expect(await lags.of([at(0, 1n)])).toEqual(new Map());
    expect(await lags.running(['projections.orders.v1'])).toBeUndefined();
  });
});
