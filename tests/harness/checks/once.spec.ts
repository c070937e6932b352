import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../evidence/evidence.ts';
import { a, b, eventOf, good, withCommands, withEvents, withRows } from './good-run.ts';
import { check as find } from './once.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

const { rows } = good;
const added = (id: string, changes: object) =>
  withEvents((events) => [...events, { ...eventOf(id), ...changes }]);
const first = <T>(items: readonly T[]) => [...items, items[0] as T];
const moved = (id: string, offset: bigint) =>
  withEvents((events) => events.map((event) => (event.id === id ? { ...event, offset } : event)));
const ghost = { topic: 'orders.events', partition: 3, offset: 77n };

describe('once', () => {
  it('holds when nothing is twice, although clients repeat and keys are reused', () => {
    expect(check(good)).toEqual([]);
  });

  it('holds when operators hear of a dead letter, which is no row of the event log', () => {
    const reported = { ...eventOf('p2'), id: 'd1', type: 'DeadLetterReported', causationId: 'report' };
    expect(check(withEvents((events) => [...events, { ...reported, topic: 'dead-letters.events' }]))).toEqual(
      [],
    );
  });

  it.each<[string, Evidence, string]>([
    ['an event that is in the log twice', added('p2', { offset: 50n }), 'event p2: in the log twice'],
    [
      'a reservation that is made twice',
      added('p3', { id: 'x', causationId: 'y' }),
      `${a} POT: reserved twice`,
    ],
    [
      'a command that is handled twice with the same answer',
      added('p2', { id: 'x', version: 8, offset: 50n }),
      'command receive: handled twice: StockReceived, StockReceived',
    ],
    [
      'a command that is handled twice with another answer',
      added('a1', { id: 'x', type: 'OrderPlacementRefused', data: { reason: 'already-placed' } }),
      'command place-a: handled twice: OrderPlaced, OrderPlacementRefused',
    ],
    [
      'a pair of events that is said twice',
      withEvents((events) => [...events, ...['a2', 'a3'].map((id) => ({ ...eventOf(id), id: `${id}x` }))]),
      'command record-a: handled twice: LineReserved, OrderConfirmed, LineReserved, OrderConfirmed',
    ],
    ['a decision that lies apart', moved('a3', 50n), 'command record-a: one decision lies apart'],
    [
      'a decision over two aggregates',
      withEvents((events) => events.map((event) => (event.id === 'a3' ? { ...event, subject: b } : event))),
      'command record-a: one decision lies apart',
    ],
    ['an event without a command', added('p2', { id: 'x', causationId: undefined }), 'answers no command'],
    [
      'a command of a policy that is published twice',
      withCommands((commands) => [
        ...commands,
        ...commands.filter(({ id }) => id === 'reserve-a').map((command) => ({ ...command, offset: 50n })),
      ]),
      'ReserveStock reserve-a on inventory.commands: published twice',
    ],
    [
      'a command of a policy that is published twice, each time under an id that was drawn',
      withCommands((commands) => [
        ...commands,
        ...commands.filter(({ id }) => id === 'reserve-a').map((command) => ({ ...command, id: 'drawn' })),
      ]),
      'ReserveStock of POT on inventory.commands because of a1: published twice, under two ids',
    ],
    ['two rows of an order', withRows({ orders: first(rows.orders) }), `${a}: two rows in orders`],
    ['an order without a row', withRows({ orders: rows.orders.slice(1) }), `${a}: no row in orders`],
    [
      'a row without an order',
      withRows({ orders: [...rows.orders, { orderId: 'x', status: 'pending' }] }),
      'x: a row in orders, and nothing in the log',
    ],
    ['two rows of a line', withRows({ lines: first(rows.lines) }), `${a} POT: two rows in order_lines`],
    ['a line without a row', withRows({ lines: rows.lines.slice(1) }), `${a} POT: no row in order_lines`],
    [
      'a row without a line',
      withRows({ lines: [...rows.lines, { orderId: a, sku: 'PAN' }] }),
      `${a} PAN: a row in order_lines, and nothing in the log`,
    ],
    ['two rows of a product', withRows({ products: first(rows.products) }), 'POT: two rows in products'],
    [
      'an event that was logged twice',
      withRows({ eventLog: first(rows.eventLog) }),
      'orders.events-0@0: two rows in event_log',
    ],
    [
      'an event that was not logged',
      withRows({ eventLog: rows.eventLog.slice(1) }),
      'orders.events-0@0: no row in event_log',
    ],
    [
      'an aborted event that was logged',
      withRows({ eventLog: [...rows.eventLog, ghost] }),
      'orders.events-3@77: a row in event_log, and nothing in the log',
    ],
    ['a run without events', { ...good, events: [] }, 'no events, so there is nothing to check'],
    ['a run without commands', { ...good, commands: [] }, 'no commands, so there is nothing to check'],
  ])('finds %s', (_, evidence, violation) => {
    expect(check(evidence).join('; ')).toContain(violation);
  });
});
