import { ReportDeadLetter } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { until } from '../harness/waiting.ts';
import { OperatorsDesk, reportOf } from './dead-letters/operators-desk.ts';

let desk: OperatorsDesk;
const today = () => new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  desk = await OperatorsDesk.open();
  for (const [sku, currency] of [
    ['POT', 'EUR'],
    ['CUP', 'EUR'],
    ['MUG', 'USD'],
  ])
    await desk.post('/v1/products', { sku, name: sku, unitPrice: { amount: 450, currency }, onHand: 100 });
  await desk.platform.idle();
});

afterAll(() => desk?.close());

const place = (customerId: string, quantity: number, ...skus: string[]) =>
  desk.post(
    '/v1/orders',
    { customerId, email: 'ada@example.com', lines: skus.map((sku) => ({ sku, quantity })) },
    { Prefer: 'wait=10', 'Idempotency-Key': randomUUID() },
  );
const parked = (projection: string) =>
  desk.rows.query(
    `insert into read_model.parked_keys (projection, topic, "partition", key, since, dead_letter_id, released)
     values ($1, 'orders.events', 0, 'order', 0, 'letter', false)`,
    [projection],
  );

describe('the sales and the customers', () => {
  const day = today();
  beforeAll(async () => {
    const orders = [
      await place('ada', 1, 'POT', 'CUP'),
      await place('ada', 2, 'POT'),
      await place('bob', 3, 'MUG'),
      await place('ada', 5, 'MUG'),
      await place('ada', 500, 'POT'),
    ];
    expect(orders.map(({ body }) => body.status)).toEqual([...Array(4).fill('confirmed'), 'rejected']);
    desk.platform.hold('inventory.decider');
    const pending = await desk.post('/v1/orders', {
      ...{ customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'POT', quantity: 9 }] },
    });
    await desk.post(`/v1/orders/${pending.body.orderId}/cancel`, { reason: 'no' }, { Prefer: 'wait=10' });
    await desk.platform.letGo('inventory.decider');
  });

  it('are of confirmed orders only, in their currencies', async () => {
    const { status, body } = await desk.get('/v1/sales');
    const eur = (amount: number) => ({ amount, currency: 'EUR' });
    // A run across midnight has two days.
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        items: [
          { day, sku: 'CUP', orders: 1, quantity: 1, total: eur(450) },
          { day, sku: 'MUG', orders: 2, quantity: 8, total: { amount: 3_600, currency: 'USD' } },
          { day, sku: 'POT', orders: 2, quantity: 3, total: eur(1_350) },
        ],
        next: null,
      },
    });
  });

  it('are paged, and chosen by product and day', async () => {
    const skus = async (query: string) => {
      const { status, body } = await desk.get(`/v1/sales?${query}`);
      expect(status).toBe(200);
      return { skus: body.items.map(({ sku }: { sku: string }) => sku), next: body.next as string | null };
    };
    const first = await skus('limit=2');
    expect(first.skus).toEqual(['CUP', 'MUG']);
    expect(await skus(`limit=2&cursor=${first.next}`)).toEqual({ skus: ['POT'], next: null });
    expect((await skus('sku=MUG')).skus).toEqual(['MUG']);
    expect((await skus(`from=${day}&to=${day}`)).skus).toHaveLength(3);
    expect((await skus(`from=${day}&sku=CUP`)).skus).toEqual(['CUP']);
    for (const none of ['to=2020-01-01', 'from=9999-12-31', 'to=0000-01-01'])
      expect((await skus(none)).skus).toEqual([]);
    for (const place of ['999999999999999.', '-99999999999999.'])
      expect((await desk.get(`/v1/sales?cursor=${place}`)).status).toBe(200);
    for (const wrong of ['from=2026-02-30', 'from=yesterday', 'day=2026-01-01', 'sku=+'])
      expect((await desk.get(`/v1/sales?${wrong}`)).status).toBe(400);
  });

  it('say what became of the orders of a customer', async () => {
    const ada = await desk.get('/v1/customers/ada/summary');
    expect(ada).toMatchObject({
      status: 200,
      body: {
        customerId: 'ada',
        orders: { placed: 5, pending: 0, confirmed: 3, rejected: 1, cancelled: 1 },
        spent: [
          { amount: 1_800, currency: 'EUR' },
          { amount: 2_250, currency: 'USD' },
        ],
      },
    });
    expect(Date.parse(ada.body.lastAt)).toBeGreaterThan(Date.parse(ada.body.firstAt));
    const nobody = await desk.get('/v1/customers/no%20body/summary');
    expect(nobody.body).toEqual({
      customerId: 'no body',
      orders: { placed: 0, pending: 0, confirmed: 0, rejected: 0, cancelled: 0 },
      spent: [],
    });
  });

  it('are stale while an order of anybody waits for an operator', async () => {
    await parked('projections.sales.v1');
    expect((await desk.get('/v1/sales')).body).toMatchObject({ stale: true });
    expect((await desk.get('/v1/customers/ada/summary')).body).not.toHaveProperty('stale');
    await parked('projections.customers.v1');
    expect((await desk.get('/v1/customers/ada/summary')).body).toMatchObject({ stale: true });
    await desk.rows.query('delete from read_model.parked_keys');
  });
});

describe('GET /v1/projections', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever came
  const of = async (name: string): Promise<any> => (await desk.get(`/v1/projections/${name}`)).body;

  /** Positions move past the markers of transactions a moment later. */
  const isCurrent = (name: string) =>
    until(`${name} is current`, async () => (await of(name)).state === 'current');

  it('lists every projection with its positions, its rows, and that nothing is left to do', async () => {
    const names = ['orders', 'products', 'event-log', 'dead-letters', 'transactions', 'sales', 'customers'];
    for (const name of names) await isCurrent(name);
    const { status, body } = await desk.get('/v1/projections');
    expect(status).toBe(200);
    expect(body.items.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual(
      names.map((name) => [name, 'current']),
    );
    const orders = await of('orders');
    expect(orders).toEqual(body.items[0]);
    expect(orders).toMatchObject({ version: 1, lag: { events: 0, seconds: 0 }, parkedKeys: 0 });
    expect(orders.partitions).toHaveLength(6);
    for (const { position, end } of orders.partitions) expect(position).toBe(end);
    expect(orders.tables).toEqual([
      { table: 'read_model.orders', rows: 6, counted: 'exactly' },
      { table: 'read_model.order_lines', rows: 7, counted: 'exactly' },
    ]);
  });

  it('says who stopped, and how far behind that is, in events and in seconds', async () => {
    desk.platform.hold('projections.sales.v1');
    const token = (await place('eve', 1, 'POT')).headers.get('Consistency-Token') ?? '';
    const [, partition] = token.split('~');
    const stopped = await of('sales');
    expect(stopped).toMatchObject({ state: 'stopped' });
    expect(stopped.lag.events).toBeGreaterThanOrEqual(3);
    expect(stopped.lag.seconds).toBeGreaterThan(0);
    expect(stopped.partitions[Number(partition)].lag).toEqual(stopped.lag);
    await desk.platform.letGo('projections.sales.v1');
    await isCurrent('sales');
    expect(await of('sales')).toMatchObject({ lag: { events: 0, seconds: 0 } });
  });

  it('says what failed last, and how many keys wait', async () => {
    const letter = (facts: object) =>
      ReportDeadLetter(reportOf({ group: 'projections.orders.v1', ...facts }));
    const [older, newer] = [randomUUID(), randomUUID()];
    await desk.platform.tell(
      letter({ deadLetterId: newer, errorMessage: 'no room', firstFailedAt: BigInt(Date.now()) }),
      letter({ deadLetterId: older, firstFailedAt: BigInt(Date.now() - 5_000) }),
    );
    await parked('projections.orders.v1');
    expect(await of('orders')).toMatchObject({
      parkedKeys: 1,
      lastError: { deadLetterId: newer, errorClass: 'RangeError', errorMessage: 'no room', status: 'open' },
    });
    await desk.rows.query('delete from read_model.parked_keys');
  });

  it('says what Postgres knows while Kafka is away', async () => {
    desk.platform.kafkaIsDown = true;
    const orders = await of('orders');
    desk.platform.kafkaIsDown = false;
    expect(orders).toMatchObject({ state: 'unknown', tables: [{ rows: 7 }, { rows: 8 }] });
    expect(orders).not.toHaveProperty('lag');
    expect(orders.partitions[0]).not.toHaveProperty('end');
  });

  it('estimates the rows of a table with more than 10,000', async () => {
    await desk.rows.query(`insert into read_model.products
      select 'SKU-' || n, 'many', 1, 'EUR', 0, 0, 1 from generate_series(1, 12000) n`);
    await desk.rows.query('analyze read_model.products');
    const { tables } = await of('products');
    expect(tables).toEqual([{ table: 'read_model.products', rows: 12_003, counted: 'estimated' }]);
  });

  it('knows no other', async () => {
    expect((await desk.get('/v1/projections/nothing')).status).toBe(404);
  });
});
