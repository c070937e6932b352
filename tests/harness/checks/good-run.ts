import { groups } from '@atelier/contracts';
import type { DomainEvent } from '../log/events.ts';
import type { CommandRecord, Evidence } from '../evidence/evidence.ts';

/** A small run in which everything holds, for the specs to break. */
export const a = 'aaaaaaaa-0000-4000-8000-000000000001';
export const b = 'bbbbbbbb-0000-4000-8000-000000000002';
export const c = 'cccccccc-0000-4000-8000-000000000003';

type Said = readonly [
  id: string,
  type: string,
  subject: string,
  version: number,
  cause: string,
  data?: object,
];

const pots = (quantity: number) => ({
  customerId: 'ada',
  lines: [{ sku: 'POT', quantity, unitPrice: { amount: 450, currency: 'EUR' } }],
  total: { amount: quantity * 450, currency: 'EUR' },
});

const orderEvents = logged('orders.events', [
  ['a1', 'OrderPlaced', a, 1, 'place-a', pots(2)],
  ['b1', 'OrderPlaced', b, 1, 'place-b', pots(2)],
  ['a2', 'LineReserved', a, 2, 'record-a', { sku: 'POT' }],
  ['a3', 'OrderConfirmed', a, 3, 'record-a', pots(2)],
  ['c1', 'OrderPlaced', c, 1, 'place-c', pots(99)],
  ['b2', 'OrderCancelled', b, 2, 'expire-b', { ...pots(2), reason: 'expired' }],
  ['b3', 'ReservationRecordingRefused', b, 3, 'record-b', { sku: 'POT', reason: 'cancelled' }],
  ['c2', 'LineRefused', c, 2, 'record-c', { sku: 'POT', reason: 'out-of-stock' }],
  ['c3', 'OrderRejected', c, 3, 'record-c', { ...pots(99), reason: 'out-of-stock' }],
  ['a4', 'OrderPlacementRefused', a, 4, 'place-a', { reason: 'idempotency-key-reused' }],
]);

const stockEvents = logged('inventory.events', [
  ['p1', 'ProductAdded', 'POT', 1, 'add', { onHand: 10 }],
  ['p2', 'StockReceived', 'POT', 2, 'receive', { quantity: 5 }],
  ['p3', 'StockReserved', 'POT', 3, 'reserve-a', { orderId: a, quantity: 2 }],
  ['p4', 'StockReserved', 'POT', 4, 'reserve-b', { orderId: b, quantity: 2 }],
  ['p5', 'StockShipped', 'POT', 5, 'ship-a', { orderId: a, quantity: 2 }],
  [
    'p6',
    'StockReservationRefused',
    'POT',
    6,
    'reserve-c',
    { orderId: c, quantity: 99, reason: 'out-of-stock' },
  ],
  ['p7', 'StockReleased', 'POT', 7, 'release-b', { orderId: b, quantity: 2 }],
]);

const commands: readonly CommandRecord[] = [
  ...sent('orders.commands', [
    ['place-a', 'PlaceOrder', a],
    ['place-b', 'PlaceOrder', b],
    ['place-b', 'PlaceOrder', b],
    ['place-a', 'PlaceOrder', a],
    ['record-a', 'RecordReservation', a, 'p3'],
    ['expire-b', 'ExpireOrder', b, 'b1'],
    ['record-b', 'RecordReservation', b, 'p4'],
    ['place-c', 'PlaceOrder', c],
    ['record-c', 'RecordReservation', c, 'p6'],
  ]),
  ...sent('orders.commands.delay', [
    ['expire-a', 'ExpireOrder', a, 'a1'],
    ['expire-b', 'ExpireOrder', b, 'b1'],
    ['expire-c', 'ExpireOrder', c, 'c1'],
  ]),
  ...sent('inventory.commands', [
    ['add', 'AddProduct', 'POT'],
    ['receive', 'ReceiveStock', 'POT'],
    ['reserve-a', 'ReserveStock', 'POT', 'a1'],
    ['reserve-b', 'ReserveStock', 'POT', 'b1'],
    ['ship-a', 'ShipStock', 'POT', 'a3'],
    ['reserve-c', 'ReserveStock', 'POT', 'c1'],
    ['release-b', 'ReleaseStock', 'POT', 'b2'],
  ]),
];

const events = [...orderEvents, ...stockEvents];

/** Each record is followed by the marker of its transaction; the one at 4 was aborted. */
const logs = [...new Set(groups.flatMap(({ topics }) => topics))].map((topic) => ({
  topic,
  partition: 0,
  committed: [0n, 2n, 6n, 8n],
  aborted: [4n],
  stable: 10n,
  end: 10n,
}));

export const good: Evidence = {
  events,
  commands,
  rows: {
    orders: [
      { orderId: a, status: 'confirmed' },
      { orderId: b, status: 'cancelled' },
      { orderId: c, status: 'rejected' },
    ],
    lines: [a, b, c].map((orderId) => ({ orderId, sku: 'POT' })),
    products: [{ sku: 'POT', onHand: 13, reserved: 0 }],
    eventLog: events.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    sales: [{ day: '1970-01-01', sku: 'POT', currency: 'EUR', orders: 1n, quantity: 2n, amount: 900n }],
    customers: [
      {
        ...{ customerId: 'ada', currency: 'EUR', placed: 3n },
        ...{ confirmed: 1n, rejected: 1n, cancelled: 1n, spent: 900n },
      },
    ],
  },
  mails: [
    { messageId: '<a3@atelier.example>', text: `Order ${a}` },
    { messageId: '<b2@atelier.example>', text: `Order ${b}` },
    { messageId: '<b2@atelier.example>', text: `Order ${b}` },
    { messageId: '<c3@atelier.example>', text: `Order ${c}` },
  ],
  mailRestarts: 0,
  assignments: [
    { instance: 'notifications-1', partitions: ['orders.events-0'] },
    { instance: 'notifications-1', partitions: ['orders.events-0'] },
  ],
  told: {
    acknowledged: new Map([
      [a, 'key-a'],
      [b, 'key-b'],
    ]),
    unknown: new Set(['key-c']),
    repeated: new Set(['key-a', 'key-b']),
  },
  logs,
  readers: ['first', 'second'].map((reader) => ({
    reader,
    topics: ['orders.events'],
    seen: [{ topic: 'orders.events', partition: 0, offsets: [0n, 2n, 6n, 8n] }],
  })),
  positions: groups.flatMap(({ group, topics }) =>
    topics.map((topic) => ({ group, topic, partition: 0, next: 9n })),
  ),
  kills: ['orders-1', 'broker-2'],
};

/** The good run with other events. */
export const withEvents = (changed: (events: DomainEvent[]) => DomainEvent[]): Evidence => ({
  ...good,
  events: changed([...events]),
});

export const withCommands = (changed: (commands: CommandRecord[]) => CommandRecord[]): Evidence => ({
  ...good,
  commands: changed([...commands]),
});

export const withRows = (rows: Partial<Evidence['rows']>): Evidence => ({
  ...good,
  rows: { ...good.rows, ...rows },
});

export const eventOf = (id: string) => events.find((event) => event.id === id) as DomainEvent;

function logged(topic: string, said: readonly Said[]): DomainEvent[] {
  return said.map(([id, type, subject, version, causationId, data = {}], index) => {
    const offset = BigInt(index);
    return { id, type, subject, version, causationId, topic, partition: 0, offset, time: index, data };
  });
}

function sent(topic: string, all: readonly (readonly [string, string, string, string?])[]): CommandRecord[] {
  return all.map(([id, type, key, causationId], index) => {
    const due = topic.endsWith('.delay') ? 0 : undefined;
    return { topic, partition: 0, offset: BigInt(index), key, id, type, causationId, timestamp: index, due };
  });
}
