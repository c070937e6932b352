import {
  CancelOrder,
  ExpireOrder,
  LineRefused,
  LineReserved,
  type OrderLine,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlaced,
  OrderPlacementRefused,
  OrderRejected,
  OrderSubmitted,
  PlaceOrder,
  RecordReservation,
  ReservationRecordingRefused,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { order } from './order.decider.ts';

const orderId = 'c0ffee00-0000-5000-8000-000000000001';
const customer = { customerId: 'alice', email: 'alice@example.com' };
const line = (sku: string, quantity: number, amount: bigint, currency = 'EUR'): OrderLine => ({
  sku,
  quantity,
  unitPrice: { amount, currency },
});
const lines = [line('cup', 2, 450n), line('pot', 1, 2990n)];
const channel = 'store' as const;
const total = { amount: 3890n, currency: 'EUR' };
const terms = { orderId, ...customer, lines, total };
const { email, customerId } = customer;
const placement = { orderId, customer: { id: customerId, contact: email }, lines, total, channel };

const place = PlaceOrder({ orderId, ...customer, lines, channel });
const reserved = (sku: string) => RecordReservation({ orderId, sku, reserved: true, reason: null });
const refused = (sku: string) => RecordReservation({ orderId, sku, reserved: false, reason: 'out-of-stock' });
const cancel = CancelOrder({ orderId, reason: 'changed my mind' });
const expire = ExpireOrder({ orderId });

const cupReserved = LineReserved({ orderId, sku: 'cup' });
const potReserved = LineReserved({ orderId, sku: 'pot' });
const pending = [OrderSubmitted(placement)];
const half = [...pending, cupReserved];
const confirmed = [...half, potReserved, OrderConfirmed(terms)];
const rejection = { sku: 'pot', reason: 'out-of-stock' };
const rejected = [
  ...half,
  LineRefused({ orderId, ...rejection }),
  OrderRejected({ ...terms, reason: 'out-of-stock' }),
];
const cancelled = [...half, OrderCancelled({ ...terms, reason: 'changed my mind', cancelledBy: 'customer' })];

const settled: [string, Message[]][] = [
  ['confirmed', confirmed],
  ['rejected', rejected],
  ['cancelled', cancelled],
];
const notPending: [string, Message[]][] = [['unknown-order', []], ...settled];

describe('placing an order', () => {
  it.each([
    { orderId: 'x'.repeat(1_001) },
    { customerId: 'ü'.repeat(501) },
    { lines: [line('x'.repeat(1_001), 1, 1n)] },
  ])('is refused with an id that a list could not go on after: %#', (change) => {
    const command = PlaceOrder({ orderId, ...customer, lines, channel, ...change });
    const refusal = OrderPlacementRefused({ orderId: command.data.orderId, reason: 'id-too-long' });
    expect(given(order, []).when(command)).toEqual([refusal]);
  });

  it('sums its lines', () => {
    expect(given(order, []).when(place)).toEqual([OrderSubmitted(placement)]);
  });

  it('takes the largest total that there is, and free lines', () => {
    const most = [line('gem', 1, 2n ** 53n - 2n), line('cup', 1, 1n), line('gift', 1, 0n)];
    const [placed] = given(order, []).when(PlaceOrder({ orderId, ...customer, lines: most, channel }));
    const total = { amount: 9_007_199_254_740_991n, currency: 'EUR' };
    expect(placed).toEqual(OrderSubmitted({ ...placement, lines: most, total }));
  });

  it.each<[string, OrderLine[]]>([
    ['no-lines', []],
    ['duplicate-sku', [line('cup', 1, 450n), line('cup', 2, 450n)]],
    ['invalid-quantity', [line('cup', 0, 450n)]],
    ['invalid-quantity', [line('cup', 1, 450n), line('pot', -1, 450n)]],
    ['invalid-price', [line('cup', 1, -1n)]],
    ['mixed-currencies', [line('cup', 1, 450n), line('pot', 1, 450n, 'USD')]],
    ['invalid-price', [line('gem', 1, 2n ** 53n)]],
    ['invalid-price', [line('cup', 1, 450n), line('gem', 1, 2n ** 63n - 1n)]],
    ['unknown-currency', [line('cup', 1, 450n, 'EURO')]],
    ['unknown-currency', [line('cup', 1, 450n, '__proto__')]],
    ['total-too-large', [line('gem', 2, 2n ** 52n)]],
    ['total-too-large', [line('gem', 2 ** 31 - 1, 2n ** 53n - 1n)]],
    ['total-too-large', [line('gem', 1, 2n ** 53n - 1n), line('cup', 1, 1n)]],
  ])('is refused: %s', (reason, lines) => {
    const answer = given(order, []).when(PlaceOrder({ orderId, ...customer, lines, channel }));
    expect(answer).toEqual([OrderPlacementRefused({ orderId, reason })]);
  });

  it('may be tried again after a refusal', () => {
    const history = [OrderPlacementRefused({ orderId, reason: 'no-lines' })];
    expect(given(order, history).when(place)).toEqual([OrderSubmitted(placement)]);
  });

  it.each<[string, Message[]]>([['pending', pending], ['half reserved', half], ...settled])(
    'is refused when it is %s',
    (_, history) => {
      const refusal = OrderPlacementRefused({ orderId, reason: 'already-placed' });
      expect(given(order, history).when(place)).toEqual([refusal]);
    },
  );
});

describe('an answer of the inventory', () => {
  it('reserves a line', () => {
    expect(given(order, pending).when(reserved('cup'))).toEqual([cupReserved]);
    expect(given(order, pending).when(reserved('pot'))).toEqual([potReserved]);
  });

  it('confirms the order with the last line, in whatever order they come', () => {
    expect(given(order, half).when(reserved('pot'))).toEqual([potReserved, OrderConfirmed(terms)]);
    const other = [...pending, potReserved];
    expect(given(order, other).when(reserved('cup'))).toEqual([cupReserved, OrderConfirmed(terms)]);
  });

  it('confirms an order of one line at once', () => {
    const single = { ...terms, lines: [line('cup', 2, 450n)], total: { amount: 900n, currency: 'EUR' } };
    const answer = given(order, [
      OrderSubmitted({ ...placement, lines: single.lines, total: single.total }),
    ]).when(reserved('cup'));
    expect(answer).toEqual([cupReserved, OrderConfirmed(single)]);
  });

  it.each<[string, Message[]]>([
    ['nothing', pending],
    ['another line', half],
  ])('rejects the order when a line is refused and %s is reserved', (_, history) => {
    const outcome = [
      LineRefused({ orderId, ...rejection }),
      OrderRejected({ ...terms, reason: 'out-of-stock' }),
    ];
    expect(given(order, history).when(refused('pot'))).toEqual(outcome);
  });

  it('rejects the order also without a reason', () => {
    const [, outcome] = given(order, pending).when(
      RecordReservation({ orderId, sku: 'cup', reserved: false, reason: null }),
    );
    expect(outcome).toEqual(OrderRejected({ ...terms, reason: 'not-available' }));
  });

  it.each([reserved('cup'), refused('cup')])('changes nothing for a line that is answered: %j', (answer) => {
    const refusal = ReservationRecordingRefused({ orderId, sku: 'cup', reason: 'already-answered' });
    expect(given(order, half).when(answer)).toEqual([refusal]);
  });

  it.each([reserved('pan'), refused('pan')])('changes nothing for a line that is not there: %j', (answer) => {
    const refusal = ReservationRecordingRefused({ orderId, sku: 'pan', reason: 'unknown-line' });
    expect(given(order, pending).when(answer)).toEqual([refusal]);
  });

  it.each(notPending)('changes nothing when it comes too late or too early: %s', (reason, history) => {
    const refusal = ReservationRecordingRefused({ orderId, sku: 'pot', reason });
    expect(given(order, history).when(reserved('pot'))).toEqual([refusal]);
    expect(given(order, history).when(refused('pot'))).toEqual([refusal]);
  });
});

describe('cancelling an order', () => {
  it.each<[string, Message[]]>([
    ['pending', pending],
    ['half reserved', half],
  ])('ends it while it is %s', (_, history) => {
    const outcome = OrderCancelled({ ...terms, reason: 'changed my mind', cancelledBy: 'customer' });
    expect(given(order, history).when(cancel)).toEqual([outcome]);
  });

  it.each(['expired', 'out-of-stock', 'constructor'])(
    "never passes the customer's words for a reason of the platform: %s",
    (reason) => {
      const [cancelled] = given(order, pending).when(CancelOrder({ orderId, reason }));
      expect(cancelled).toEqual(OrderCancelled({ ...terms, reason, cancelledBy: 'customer' }));
    },
  );

  it.each(notPending)('is refused: %s', (reason, history) => {
    expect(given(order, history).when(cancel)).toEqual([OrderCancellationRefused({ orderId, reason })]);
  });
});

describe('the end of an order’s time', () => {
  it.each<[string, Message[]]>([
    ['pending', pending],
    ['half reserved', half],
  ])('cancels it while it is %s', (_, history) => {
    const outcome = OrderCancelled({ ...terms, reason: 'expired', cancelledBy: 'platform' });
    expect(given(order, history).when(expire)).toEqual([outcome]);
  });

  it.each(notPending)('is refused: %s', (reason, history) => {
    expect(given(order, history).when(expire)).toEqual([OrderExpiryRefused({ orderId, reason })]);
  });
});

describe('the state of an order', () => {
  it('is the same after an event that has the contact under its old name alone', () => {
    const before = OrderPlaced({ ...terms, contact: '', channel });
    expect(given(order, [before]).state()).toEqual(given(order, pending).state());
  });

  it('follows a log that has amounts beyond the limit, from before there was one', () => {
    const huge = { ...terms, total: { amount: 2n ** 63n - 1n, currency: 'EUR' } };
    const outcome = [LineReserved({ orderId, sku: 'pot' }), OrderConfirmed(huge)];
    expect(
      given(order, [OrderSubmitted({ ...placement, total: huge.total }), cupReserved]).when(reserved('pot')),
    ).toEqual(outcome);
  });

  const refusals = [
    OrderPlacementRefused({ orderId, reason: 'already-placed' }),
    OrderCancellationRefused({ orderId, reason: 'confirmed' }),
    OrderExpiryRefused({ orderId, reason: 'confirmed' }),
    ReservationRecordingRefused({ orderId, sku: 'cup', reason: 'confirmed' }),
  ];

  it.each(refusals)('is not changed by a refusal: %j', (refusal) => {
    for (const [, history] of [...notPending, ['half reserved', half] as const]) {
      expect(given(order, [...history, refusal]).state()).toEqual(given(order, history).state());
    }
  });

  it.each(settled)('holds nothing but the outcome: %s', (status, history) => {
    expect(given(order, history).state()).toEqual({ status });
  });

  it('cannot have a line reserved after the end: such a log is broken', () => {
    expect(() => given(order, [...confirmed, cupReserved]).state()).toThrow('reserved for a confirmed order');
  });
});

describe('a key that was used for another request', () => {
  const reason = 'idempotency-key-reused';

  it.each([
    [place, OrderPlacementRefused({ orderId, reason })],
    [cancel, OrderCancellationRefused({ orderId, reason })],
    [expire, OrderExpiryRefused({ orderId, reason })],
    [reserved('cup'), ReservationRecordingRefused({ orderId, sku: 'cup', reason })],
  ])('is refused: %j', (command, refusal) => {
    expect(order.refuseReusedKey?.(received(command), { status: 'confirmed' })).toEqual(refusal);
  });
});

describe('the fold', () => {
  it('is the one that this version had (state on disk would keep the old meaning)', () => {
    const { reason } = rejection;
    const noted = [
      OrderPlacementRefused({ orderId, reason }),
      OrderCancellationRefused({ orderId, reason }),
      OrderExpiryRefused({ orderId, reason }),
      ReservationRecordingRefused({ orderId, ...rejection }),
    ];
    expectSameFold(order, [confirmed, rejected, cancelled, [...half, ...noted]], {
      version: 1,
      fingerprint: '78f53e26f87c.d61609796c4c',
    });
  });
});
