import { describe, expect, it } from '@jest/globals';
import type { LogPositions, PastRecords } from '@atelier/eventing';
import { FAILURE } from '@atelier/eventing/failures';
import { type ConsumedRecord, LogError } from '@atelier/eventing/log';
import { derivedId, toHeaders } from '@atelier/eventing/serde';
import type { CommittedEvent } from '../events/committed-event.ts';
import type { EventLogQueries } from '../events/event-log.queries.ts';
import type { CausationQueries } from './causation.queries.ts';
import { OrderCausation } from './order-causation.ts';

const orderId = '5b3f8c4e-0000-4000-8000-000000000000';
const noon = Date.parse('2026-11-30T12:00:00Z');
const mail = 'notifications.order-mail';
const reserveId = derivedId('placed', 'inventory.reserve-stock', 0);

const event = (id: string, type: string, facts: Partial<Record<keyof CommittedEvent, unknown>> = {}) =>
  ({
    ...{ id, type, time: new Date(noon).toISOString(), subject: orderId, version: 1 },
    ...{ topic: 'orders.events', partition: 1, offset: 5n, causationId: 'place', data: {}, ...facts },
  }) as unknown as CommittedEvent;
const placed = event('placed', 'OrderSubmitted', { data: { lines: [{ sku: 'POT' }] } });
const confirmed = event('confirmed', 'OrderConfirmed', { offset: 6n });

function recordOf(
  topic: string,
  type: string,
  id: string,
  facts: Record<string, string> = {},
): ConsumedRecord {
  const metadata = { id, time: noon, subject: orderId, source: 'gateway', correlationId: 'place' };
  const more = Object.entries(facts).map(([name, value]) => [name, Buffer.from(value)] as const);
  const headers = [...toHeaders(type, metadata), ...more];
  return {
    topic,
    partition: 1,
    offset: 9n,
    timestamp: noon + 1,
    headers,
    key: null,
    value: null,
  } as unknown as ConsumedRecord;
}

/** A copy of the confirmation that the mail group has made. */
const copyOn = (topic: string, deadLetterId = 'letter') =>
  recordOf(`${mail}.orders.events.${topic}`, 'OrderConfirmed', 'confirmed', {
    ...{
      [FAILURE.id]: deadLetterId,
      [FAILURE.group]: mail,
      [FAILURE.attempts]: '3',
      [FAILURE.redrives]: '0',
    },
    ...{ [FAILURE.topic]: 'orders.events', [FAILURE.partition]: '1', [FAILURE.offset]: '6' },
    ...{ [FAILURE.timestamp]: String(noon), [FAILURE.since]: String(noon), [FAILURE.history]: '[]' },
    ...{ [FAILURE.firstAt]: String(noon), [FAILURE.lastAt]: String(noon) },
    ...{ [FAILURE.lastClass]: 'Refused', [FAILURE.lastMessage]: 'full' },
  });

interface World {
  readonly events?: readonly CommittedEvent[];
  readonly setAside?: readonly { id: string; times: readonly number[] }[];
  readonly records?: readonly ConsumedRecord[];
  readonly stoppedAt?: bigint;
  readonly position?: bigint;
  readonly error?: Error;
}

function causationIn({ events = [], setAside = [], records = [], stoppedAt, position = 0n, error }: World) {
  const asked: string[][] = [];
  const queries = {
    ofOrder: async () => events.map((event) => ({ event, correlationId: 'place' })),
    setAside: async () => setAside,
    decisions: async (ids: string[]) => {
      asked.push(ids);
      return [];
    },
  };
  const log = {
    causedBy: async (ids: readonly string[]) =>
      ids.includes(reserveId)
        ? [
            event('reserved', 'StockReserved', { topic: 'inventory.events', causationId: reserveId }),
            // Known as one of the order already.
            event('refused', 'OrderExpiryRefused', { causationId: ids[1] }),
          ]
        : [],
  };
  const past = {
    correlated: async ({ topic }: { topic: string }) => {
      if (error) throw error;
      const own = records.filter((record) => record.topic === topic);
      return { records: own, stoppedAt: topic === 'orders.commands' ? stoppedAt : undefined };
    },
  };
  const positions = { partitionOf: () => 1, committed: async () => position };
  const parts = [queries, log, past, positions] as unknown as [
    CausationQueries,
    EventLogQueries,
    PastRecords,
    LogPositions,
  ];
  return { asked, of: () => new OrderCausation(...parts).of(orderId) };
}

const drawn = async (world: World) =>
  (await causationIn(world).of())?.nodes.map(({ depth, kind, type, status }) =>
    [depth, kind, type, status].filter((word) => word !== undefined).join(' '),
  );

describe('the causation of an order', () => {
  const place = recordOf('orders.commands', 'PlaceOrder', 'place');

  it('is put together from the event log and the topics', async () => {
    expect(await drawn({ events: [placed, confirmed], records: [place], position: 7n })).toEqual([
      ...['0 request POST /v1/orders', '1 command PlaceOrder', '2 event OrderSubmitted', '3 unknown '],
      ...['4 event StockReserved', '2 event OrderConfirmed', '3 effect OrderConfirmed performed'],
    ]);
  });

  it('has no e-mail where the dead letter is the last that is known', async () => {
    const world = { events: [confirmed], records: [place, copyOn('retry.1'), copyOn('dlq')], position: 99n };
    const { asked, of } = causationIn(world);
    const nodes = (await of())?.nodes ?? [];
    expect(nodes.map(({ kind }) => kind)).toEqual(['request', 'command', 'event', 'retry', 'dead-letter']);
    expect(nodes.at(-1)).toMatchObject({
      ...{ deadLetterId: 'letter', attempts: 3, group: mail, service: 'notifications' },
      error: { class: 'Refused', message: 'full' },
    });
    expect(asked).toEqual([['letter']]);
  });

  it('has an e-mail that waits for its retry', async () => {
    const records = [place, copyOn('retry.1')];
    expect((await drawn({ events: [confirmed], records, position: 9n }))?.slice(3)).toEqual([
      ...['3 retry OrderConfirmed', '4 effect OrderConfirmed pending'],
    ]);
  });

  it('is that of a command which was set aside before anything came of it', async () => {
    const letter = { ...copyOn('x'), topic: 'orders.decider.orders.commands.dlq' };
    expect(await drawn({ setAside: [{ id: 'place', times: [noon] }], records: [place, letter] })).toEqual([
      ...['0 request POST /v1/orders', '1 command PlaceOrder', '0 dead-letter OrderConfirmed'],
    ]);
    expect(await causationIn({}).of()).toBeUndefined();
  });

  it('says where reading ended before it was through', async () => {
    expect(await causationIn({ events: [placed], stoppedAt: 20_000n }).of()).toMatchObject({
      ...{ complete: false, unread: [{ topic: 'orders.commands', partition: 1, from: 20_000n }] },
    });
    const many = Array.from({ length: 500 }, (_, index) => event(`event-${index}`, 'LineReserved'));
    expect(await causationIn({ events: many }).of()).toMatchObject({ complete: false, unread: [] });
  });

  it('is 503 while Kafka is away', async () => {
    const error = new LogError('CONNECTION', 'away', { retryable: true });
    await expect(causationIn({ events: [placed], error }).of()).rejects.toMatchObject({ status: 503 });
  });
});
