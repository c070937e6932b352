import { describe, expect, it } from '@jest/globals';
import {
  type AnyEvent,
  LineReserved,
  OrderConfirmed,
  OrderCancellationRefused,
  OrderSubmitted,
} from '@atelier/contracts';
import { LogError } from '@atelier/eventing/log';
import type { PastRecords, Placed } from '@atelier/eventing';
import type { EventPlace, EventLogQueries } from '../events/event-log.queries.ts';
import type { Barrier } from '../read-model/barrier.ts';
import { orderAggregate, PastStates } from './past-states.ts';

const orderId = '5b3f8c4e-0000-4000-8000-000000000000';
const lines = [{ sku: 'POT', quantity: 1, unitPrice: { amount: 450n, currency: 'EUR' } }];
const total = { amount: 450n, currency: 'EUR' };
const terms = { customerId: 'ada', email: 'ada@example.com', lines, total };
const customer = { id: 'ada', contact: 'ada@example.com' };
const history: readonly AnyEvent[] = [
  OrderSubmitted({ orderId, customer, lines, total, channel: 'web' }),
  LineReserved({ orderId, sku: 'POT' }),
  OrderConfirmed({ orderId, ...terms }),
  OrderCancellationRefused({ orderId, reason: 'confirmed' }),
];
/** Noon, and a minute for each version. */
const timeOf = (version: number) => Date.parse('2026-11-30T12:00:00Z') + version * 60_000;
const placeOf = (version: number): EventPlace => ({
  ...{ version, partition: 3, time: timeOf(version) },
  offset: BigInt(version * 10),
});

const pending = {
  ...{ status: 'pending', customerId: 'ada', email: 'ada@example.com' },
  lines: [{ sku: 'POT', quantity: 1, unitPrice: { amount: 450, currency: 'EUR' } }],
  total: { amount: 450, currency: 'EUR' },
  reserved: [],
};

interface Faults {
  /** Of the history, so many are in the event log, and all after the barrier. */
  readonly projected?: number;
  readonly places?: readonly EventPlace[];
  readonly parked?: boolean;
  readonly error?: Error;
}

function statesWith({ projected = history.length, places, parked = false, error }: Faults = {}) {
  const all = places ?? history.map((_, index) => placeOf(index + 1));
  let known = projected;
  const asked: string[] = [];
  const index = {
    places: async (_topic: string, _id: string, limit: number) => all.slice(0, Math.min(known, limit)),
    isParked: async () => parked,
  };
  const barrier = {
    caughtUp: async () => {
      asked.push('barrier');
      known = all.length;
    },
  };
  const events = {
    messagesAt: async function* (
      { topic, partition }: { topic: string; partition: number },
      offsets: bigint[],
    ) {
      if (error) throw error;
      for (const offset of offsets) {
        const version = Number(offset / 10n);
        const metadata = { version, time: timeOf(version), id: `event-${version}`, subject: orderId };
        const event = { ...history[version - 1], metadata, position: { topic, partition, offset } };
        yield [event as unknown as Placed];
      }
    },
  };
  const states = new PastStates(
    ...([index, events, barrier] as unknown as [EventLogQueries, PastRecords, Barrier]),
  );
  return {
    states,
    asked,
    at: (moment: { version: number } | { at: number }) => states.at(orderAggregate, orderId, moment),
  };
}

describe('the state of an order at a version', () => {
  it('is what its decider made of the events up to there', async () => {
    const { at, asked } = statesWith();
    expect(await at({ version: 1 })).toEqual({
      ...{ version: 1, type: 'OrderSubmitted', time: '2026-11-30T12:01:00.000Z' },
      ...{ topic: 'orders.events', partition: 3, offset: 10n, state: pending },
    });
    expect((await at({ version: 2 }))?.state).toEqual({ ...pending, reserved: ['POT'] });
    expect((await at({ version: 4 }))?.state).toEqual({ status: 'confirmed' });
    expect(asked).toEqual([]);
  });

  it.each([0, 5])('%s, which there is not, is told with the range that there is', async (version) => {
    await expect(statesWith().at({ version })).rejects.toMatchObject({
      ...{ status: 404, code: 'no-such-state' },
      message: `Order ${orderId} has no version ${version}: it has versions 1 to 4, from 2026-11-30T12:01:00.000Z to 2026-11-30T12:04:00.000Z`,
      extensions: {
        first: { version: 1, time: '2026-11-30T12:01:00.000Z' },
        last: { version: 4, time: '2026-11-30T12:04:00.000Z' },
      },
    });
  });

  it('waits for what is on its way to the read model', async () => {
    const { at, asked } = statesWith({ projected: 1 });
    expect(await at({ version: 3 })).toMatchObject({ version: 3, state: { status: 'confirmed' } });
    expect(asked).toEqual(['barrier']);
  });
});

describe('the state of an order at a time', () => {
  it('is that of the last event until then, to the millisecond', async () => {
    const { at } = statesWith();
    expect(await at({ at: timeOf(2) })).toMatchObject({ version: 2 });
    expect(await at({ at: timeOf(3) - 1 })).toMatchObject({ version: 2 });
    expect(await at({ at: timeOf(99) })).toMatchObject({ version: 4 });
  });

  it('is none before its first event', async () => {
    const expected = {
      status: 404,
      message: expect.stringContaining('no state at 2026-11-30T12:00:59.999Z'),
    };
    await expect(statesWith().at({ at: timeOf(1) - 1 })).rejects.toMatchObject(expected);
  });

  it('waits for the read model only where something may be missing', async () => {
    const past = statesWith({ projected: 3 });
    expect(await past.at({ at: timeOf(2) })).toMatchObject({ version: 2 });
    expect(past.asked).toEqual([]);
    expect(await past.at({ at: timeOf(4) })).toMatchObject({ version: 4 });
    expect(past.asked).toEqual(['barrier']);
  });

  it('is stale where later events wait for an operator', async () => {
    const { at } = statesWith({ parked: true });
    expect(await at({ at: timeOf(99) })).toMatchObject({ version: 4, stale: true });
    expect(await at({ at: timeOf(2) })).not.toHaveProperty('stale');
    expect(await at({ version: 4 })).not.toHaveProperty('stale');
  });
});

describe('what cannot be folded', () => {
  it('is nothing for an id that nothing happened to', async () => {
    const { at, states } = statesWith({ places: [] });
    expect(await at({ version: 1 })).toBeUndefined();
    expect(await states.all(orderAggregate, orderId)).toEqual([]);
  });

  it('is refused where it is too long for one request', async () => {
    const long = statesWith({
      places: Array.from({ length: 100_001 }, (_, index) => placeOf(index + 1)),
      projected: 1e6,
    });
    await expect(long.at({ version: 200_000 })).rejects.toMatchObject({
      status: 422,
      code: 'history-too-long',
    });
    await expect(long.states.all(orderAggregate, orderId)).rejects.toMatchObject({ status: 422 });
    expect(await long.at({ version: 4 })).toMatchObject({ state: { status: 'confirmed' } });
  });

  it('is no history with a gap', async () => {
    const { at } = statesWith({ places: [placeOf(1), placeOf(3)] });
    await expect(at({ version: 3 })).rejects.toThrow('a gap');
  });

  it.each([
    ['503 while Kafka is away', new LogError('CONNECTION', 'away', { retryable: true }), 503],
    ['503 when it takes too long', new DOMException('late', 'TimeoutError'), 503],
    [
      'no reason to ask again where the record is gone',
      new LogError('RECORD_MISSING', 'gone', { retryable: false }),
      undefined,
    ],
  ])('is %s', async (_, error, status) => {
    const failure = await statesWith({ error })
      .at({ version: 1 })
      .catch((reason: unknown) => reason);
    expect((failure as { status?: number }).status).toBe(status);
  });
});

describe('the steps of a history', () => {
  it('are each event with the state that it met and the one that it made', async () => {
    const steps = await statesWith().states.all(orderAggregate, orderId);
    expect(steps.map(({ event }) => event.type)).toEqual(history.map(({ type }) => type));
    expect(steps.map(({ before }) => (before as { status: string }).status)).toEqual([
      ...['none', 'pending', 'pending', 'confirmed'],
    ]);
    expect(steps.slice(1).map(({ before }) => before)).toEqual(steps.slice(0, -1).map(({ after }) => after));
  });
});
