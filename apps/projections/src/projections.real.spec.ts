import {
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderSubmitted,
  OrderRejected,
  ProductAdded,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipped,
} from '@atelier/contracts';
import type { Message, Received } from '@atelier/eventing/domain';
import type { ReadModel } from '@atelier/read-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import { CustomersProjection } from './customers/customers.projection.ts';
import { EventLogProjection } from './event-log/event-log.projection.ts';
import { migrate } from './migrate.ts';
import { OrdersProjection } from './orders/orders.projection.ts';
import { ProductsProjection } from './products/products.projection.ts';
import type { Rows } from './rows.ts';
import { SalesProjection } from './sales/sales.projection.ts';
import { scratchDatabase } from './testing/scratch-database.ts';

let scratch: Awaited<ReturnType<typeof scratchDatabase<ReadModel>>>;
let database: Kysely<ReadModel>;

beforeAll(async () => {
  scratch = await scratchDatabase();
  await Promise.all([migrate(scratch.url), migrate(scratch.url)]);
  database = scratch.database;
});
beforeEach(() =>
  sql`truncate read_model.orders, read_model.order_lines, read_model.products, read_model.event_log,
    read_model.sales, read_model.customer_summaries`.execute(database),
);
afterAll(() => scratch.drop());

const placedAt = Date.parse('2026-01-02T03:04:05.678Z');
const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const terms = {
  customerId: 'ada',
  email: 'ada@example.com',
  lines: ['POT', 'CUP'].map((sku) => ({ sku, quantity: 2, unitPrice: eur(450n) })),
  total: eur(1_800n),
};

const submitted = {
  customer: { id: 'ada', contact: 'ada@example.com' },
  lines: terms.lines,
  total: terms.total,
  channel: 'store',
} as const;

/** The event as a projection gets it: its number in its aggregate's history is its place in the list. */
function received<M extends Message>(message: M, version: number): Received<M> {
  const { orderId, sku } = message.data as { orderId?: string; sku?: string };
  const subject = message.type.startsWith('Stock') || !orderId ? String(sku) : orderId;
  const metadata = { id: randomUUID(), time: placedAt + version, subject, source: 'spec' };
  return { ...message, metadata: { ...metadata, correlationId: 'c', causationId: 'command', version } };
}

const inTransaction = (work: (rows: Rows) => Promise<void>) => database.transaction().execute(work);
const orders = () => database.selectFrom('read_model.orders').selectAll().orderBy('order_id').execute();
const lines = () =>
  database.selectFrom('read_model.order_lines').selectAll().orderBy('order_id').orderBy('position').execute();

describe('the migration', () => {
  it('does nothing the second time', async () => {
    expect(await migrate(scratch.url)).toEqual([]);
  });
});

describe('the orders', () => {
  const projection = new OrdersProjection();
  const place = (...ids: string[]) =>
    inTransaction((rows) =>
      projection.placed(
        ids.map((orderId) => received(OrderSubmitted({ orderId, ...submitted }), 1)),
        rows,
      ),
    );

  it('have a row and their lines when they are placed', async () => {
    await place('a', 'b');
    expect(await orders()).toMatchObject([
      { order_id: 'a', channel: 'store', status: 'pending', total_amount: '1800', version: 1, reason: null },
      { order_id: 'b', placed_at: new Date(placedAt + 1), updated_at: new Date(placedAt + 1) },
    ]);
    expect((await lines()).map(({ order_id, sku, status }) => [order_id, sku, status])).toEqual([
      ['a', 'POT', 'pending'],
      ['a', 'CUP', 'pending'],
      ['b', 'POT', 'pending'],
      ['b', 'CUP', 'pending'],
    ]);
  });

  it('follow a run that holds one of them twice', async () => {
    await place('a', 'b');
    const line = (orderId: string, sku: string, version: number) =>
      received(LineReserved({ orderId, sku }), version);
    await inTransaction((rows) =>
      projection.reserved([line('a', 'POT', 2), line('b', 'CUP', 2), line('a', 'CUP', 3)], rows),
    );
    expect((await orders()).map(({ version }) => version)).toEqual([3, 2]);
    expect((await lines()).map(({ status }) => status)).toEqual([
      'reserved',
      'reserved',
      'pending',
      'reserved',
    ]);
  });

  it('are settled, and with them their lines', async () => {
    await place('a', 'b');
    await inTransaction(async (rows) => {
      await projection.confirmed([received(OrderConfirmed({ orderId: 'a', ...terms }), 4)], rows);
      await projection.refused(
        [received(LineRefused({ orderId: 'b', sku: 'POT', reason: 'none' }), 2)],
        rows,
      );
      await projection.rejected(
        [received(OrderRejected({ orderId: 'b', ...terms, reason: 'none' }), 3)],
        rows,
      );
    });
    expect(await orders()).toMatchObject([
      { status: 'confirmed', version: 4, reason: null },
      { status: 'rejected', version: 3, reason: 'none', updated_at: new Date(placedAt + 3) },
    ]);
    expect((await lines()).map(({ status }) => status)).toEqual([
      'shipped',
      'shipped',
      'refused',
      'released',
    ]);
  });

  it('say whose words the reason is for which they were cancelled', async () => {
    await place('a', 'b', 'c');
    const cancelled = ['customer', 'platform', null].map((cancelledBy, index) =>
      received(OrderCancelled({ orderId: 'abc'.charAt(index), ...terms, reason: 'expired', cancelledBy }), 2),
    );
    await inTransaction((rows) => projection.cancelled(cancelled, rows));
    expect((await orders()).map(({ reason, cancelled_by }) => [reason, cancelled_by])).toEqual([
      ['expired', 'customer'],
      ['expired', 'platform'],
      ['expired', null],
    ]);
  });

  it('count refusals in their version, also of an order that is not there', async () => {
    await place('a');
    const refusals = ['a', 'unknown'].map((orderId) =>
      received(OrderCancellationRefused({ orderId, reason: 'confirmed' }), 2),
    );
    await inTransaction((rows) => projection.noted(refusals, rows));
    expect(await orders()).toMatchObject([{ order_id: 'a', status: 'pending', version: 2 }]);
  });

  it('are of any number in one run', async () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => `order-${index}`);
    await place(...ids);
    expect(await orders()).toHaveLength(3_000);
    expect(await lines()).toHaveLength(6_000);
  });
});

describe('the products', () => {
  const projection = new ProductsProjection();
  const stock = { sku: 'POT', orderId: 'a', quantity: 3 };

  it('hold what the events add up to', async () => {
    await inTransaction(async (rows) => {
      await projection.added(
        [received(ProductAdded({ sku: 'POT', name: 'Pot', unitPrice: eur(450n), onHand: 10 }), 1)],
        rows,
      );
      await projection.received(
        [2, 3].map((n) => received(StockReceived({ sku: 'POT', quantity: 5 }), n)),
        rows,
      );
      await projection.reserved(
        [4, 5].map((n) => received(StockReserved(stock), n)),
        rows,
      );
      await projection.shipped([received(StockShipped(stock), 6)], rows);
      await projection.released([received(StockReleased({ ...stock, quantity: 2 }), 7)], rows);
      await projection.noted(
        ['POT', 'NONE'].map((sku) => received(StockReservationRefused({ ...stock, sku, reason: 'none' }), 8)),
        rows,
      );
    });
    expect(await database.selectFrom('read_model.products').selectAll().execute()).toEqual([
      { sku: 'POT', name: 'Pot', unit_amount: '450', currency: 'EUR', on_hand: 17, reserved: 1, version: 8 },
    ]);
  });
});

describe('the event log', () => {
  it('has each event with its place, and every digit of its amounts', async () => {
    const projection = new EventLogProjection();
    const huge = 9_007_199_254_740_993n;
    const event = received(OrderSubmitted({ orderId: 'a', ...submitted, total: eur(huge) }), 1);
    const position = { topic: 'orders.events', partition: 3, offset: 17n };
    await inTransaction((rows) => projection.log([{ ...event, position }], rows));
    const logged = await database
      .selectFrom('read_model.event_log')
      .selectAll()
      .select(sql<string>`data #>> '{total,amount}'`.as('total'))
      .execute();
    expect(logged).toMatchObject([
      { topic: 'orders.events', partition: 3, offset: '17', aggregate_id: 'a', causation_id: 'command' },
    ]);
    expect(logged[0]?.total).toBe(String(huge));
  });

  it('has a row for each event that a record has become, and what it was', async () => {
    const projection = new EventLogProjection();
    const was = { type: 'Ordered', version: 2, data: { amount: 7n }, parts: 2 };
    const position = { topic: 'orders.events', partition: 3, offset: 17n };
    const events = [0, 1].map((part) => {
      const event = received(OrderSubmitted({ orderId: 'a', ...submitted, total: eur(7n) }), 1);
      return { ...event, position, was: { ...was, part } };
    });
    await inTransaction((rows) => projection.log(events, rows));
    const logged = database.selectFrom('read_model.event_log').select(['part', 'was']).orderBy('part');
    const stored = { ...was, data: { amount: 7 } };
    expect(await logged.execute()).toEqual([0, 1].map((part) => ({ part, was: stored })));
  });
});

/** In this partition of the orders' events, at this time. */
const placed = <M extends Message>(message: M, partition: number, time = '2026-01-02T12:00:00Z') => {
  const event = received(message, 1);
  const position = { topic: 'orders.events', partition, offset: 0n };
  return { ...event, metadata: { ...event.metadata, time: Date.parse(time) }, position };
};
const huge = 2n ** 62n;

describe('the sales', () => {
  const projection = new SalesProjection();
  const pots = (unitAmount: bigint, currency = 'EUR') => [
    { sku: 'POT', quantity: 2, unitPrice: { amount: unitAmount, currency } },
  ];
  const confirmed = (lines: (typeof terms)['lines']) => OrderConfirmed({ orderId: 'a', ...terms, lines });
  const rows = () =>
    database
      .selectFrom('read_model.sales')
      .select(['sku', 'currency', 'partition', 'orders', 'quantity', 'amount'])
      .select(sql<string>`day::text`.as('date'))
      .orderBy('day')
      .orderBy('currency')
      .orderBy('partition')
      .execute();

  it('are added up by product, day in UTC, currency and partition, whatever is in one run', async () => {
    const sold = [
      placed(confirmed(pots(450n)), 0, '2026-01-02T23:59:59.999Z'),
      placed(confirmed(pots(450n)), 0, '2026-01-02T00:00:00.000Z'),
      placed(confirmed(pots(450n)), 1, '2026-01-02T12:00:00.000Z'),
      placed(confirmed(pots(5n, 'USD')), 0, '2026-01-02T12:00:00.000Z'),
      placed(confirmed(pots(450n)), 0, '2026-01-03T01:00:00.000+02:00'),
      placed(confirmed(pots(450n)), 0, '2026-01-03T00:00:00.000Z'),
    ];
    await inTransaction((transaction) => projection.sold(sold.slice(0, 2), transaction));
    await inTransaction((transaction) => projection.sold(sold.slice(2), transaction));
    const pot = { sku: 'POT', date: '2026-01-02', currency: 'EUR' };
    expect(await rows()).toEqual([
      { ...pot, partition: 0, orders: 3, quantity: '6', amount: '2700' },
      { ...pot, partition: 1, orders: 1, quantity: '2', amount: '900' },
      { ...pot, currency: 'USD', partition: 0, orders: 1, quantity: '2', amount: '10' },
      { ...pot, date: '2026-01-03', partition: 0, orders: 1, quantity: '2', amount: '900' },
    ]);
  });

  it('have every digit of sums that no amount may come to', async () => {
    const sold = [1, 2].map(() => placed(confirmed(pots(huge)), 0));
    for (const event of sold) await inTransaction((transaction) => projection.sold([event], transaction));
    expect(await rows()).toMatchObject([{ amount: String(4n * huge) }]);
  });

  it('of two partitions wait for no lock of each other', async () => {
    const sold = [0, 1].map((partition) => placed(confirmed(pots(450n)), partition));
    await inTransaction(async (first) => {
      await projection.sold(sold.slice(0, 1), first);
      await inTransaction((second) => projection.sold(sold.slice(1), second));
    });
    expect(await rows()).toHaveLength(2);
  });
});

describe('the customers', () => {
  const projection = new CustomersProjection();
  const settled = { orderId: 'a', ...terms, reason: 'none' };

  it('have what became of their orders, and spend what was confirmed', async () => {
    const order = OrderSubmitted({ orderId: 'a', ...submitted });
    await inTransaction(async (rows) => {
      await projection.placed(
        ['03', '01', '02'].map((day) => placed(order, 0, `2026-01-${day}T00:00:00Z`)),
        rows,
      );
      await projection.placed([placed(order, 1, '2026-01-04T00:00:00Z')], rows);
      await projection.confirmed([placed(OrderConfirmed(settled), 0, '2026-01-05T00:00:00Z')], rows);
      await projection.rejected([placed(OrderRejected(settled), 0)], rows);
      await projection.cancelled(
        [placed(OrderCancelled({ ...settled, cancelledBy: 'customer' }), 1, '2026-01-06T00:00:00Z')],
        rows,
      );
    });
    const ada = { customer_id: 'ada', currency: 'EUR' };
    const rows = database.selectFrom('read_model.customer_summaries').selectAll().orderBy('partition');
    expect(await rows.execute()).toEqual([
      {
        ...{ ...ada, partition: 0, placed: 3, confirmed: 1, rejected: 1, cancelled: 0, spent: '1800' },
        ...{ first_at: new Date('2026-01-01T00:00:00Z'), last_at: new Date('2026-01-05T00:00:00Z') },
      },
      {
        ...{ ...ada, partition: 1, placed: 1, confirmed: 0, rejected: 0, cancelled: 1, spent: '0' },
        ...{ first_at: new Date('2026-01-04T00:00:00Z'), last_at: new Date('2026-01-06T00:00:00Z') },
      },
    ]);
  });
});
