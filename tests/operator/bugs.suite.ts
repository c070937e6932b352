import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { type RawBuilder, sql } from 'kysely';
import { databaseAt } from '../../tools/demo/database.ts';
import * as http from '../harness/http.ts';
import { eventually } from '../harness/running-platform.ts';
import type { BreakablePlatform } from '../harness/breakable-platform.ts';
import { Operator } from './operator.ts';

/** A decider, a policy and a projection that fail for a customer, until they are repaired: as the file `BUGS` has it. */
export function bugsOf(started: () => BreakablePlatform, file: () => string): void {
  let platform: BreakablePlatform;
  let operator: Operator;

  const bugs = (...lines: readonly string[]) => writeFile(file(), lines.join('\n'));

  beforeAll(() => {
    platform = started();
    operator = new Operator(platform);
  });

  afterEach(() => bugs());

  const orderBy = (customerId: string, sku = 'OIL-01') => {
    return { customerId, email: `${customerId}@example.com`, lines: [{ sku, quantity: 3 }] };
  };
  const place = (customerId: string, headers: Record<string, string> = {}, sku?: string) =>
    platform.post('/v1/orders', orderBy(customerId, sku), headers);
  const settled = (customerId: string, headers: Record<string, string> = {}) =>
    platform.settled(orderBy(customerId), headers);
  const orderOf = (id: string) => platform.get(`/v1/orders/${id}`);

  it('lets customers in without a token, and operators not', async () => {
    const at = (path: string) => http.get(platform.addresses.gateway + path);
    expect(await at('/v1/products')).toMatchObject({ status: 200 });
    expect(await at('/v1/dead-letters')).toMatchObject({ status: 401 });
    expect(await platform.get('/v1/dead-letters')).toMatchObject({ status: 200 });
  });

  it('tells whoever sent a command that its decider failed at it, until it is redriven', async () => {
    await bugs('PlaceOrder bob');
    const key = { 'Idempotency-Key': randomUUID() };
    const problem = {
      status: 500,
      body: { type: 'urn:atelier:problem:command-set-aside', deadLetterId: expect.any(String) },
    };
    const answer = await eventually(
      () => place('bob', { Prefer: 'wait=3', ...key }),
      ({ status }) => status !== 202,
    );
    expect(answer).toMatchObject(problem);
    const { deadLetterId } = answer.body;
    const { key: orderId, ...letter } = await operator.details(deadLetterId);
    expect(letter).toMatchObject({ group: 'orders.decider', messageType: 'PlaceOrder', attempts: 1 });
    expect(letter.error).toEqual({ class: 'TypeError', message: 'PlaceOrder has a bug' });
    expect(await orderOf(orderId)).toMatchObject({ ...problem, body: { deadLetterId } });
    expect((await settled('eve')).body).toMatchObject({ status: 'confirmed' });

    await bugs();
    await operator.heal(deadLetterId);
    const confirmed = { status: 'confirmed', customerId: 'bob' };
    const order = await eventually(
      () => orderOf(orderId),
      ({ status, body }) => status === 200 && body.status === 'confirmed',
    );
    expect(order.body).toMatchObject(confirmed);
    expect(await settled('bob', key)).toMatchObject({ body: { ...confirmed, orderId } });
    expect(await platform.arrived('bob@example.com')).toBe(1);
  });

  it('shows the rows that a projection no longer keeps up with as stale, until its dead letter is redriven', async () => {
    await bugs('confirmed carol');
    const { orderId } = (await place('carol')).body;
    const id = await operator.find('projections.orders.v1', orderId);
    const { body: stale } = await eventually(
      () => orderOf(orderId),
      ({ body }) => body.stale === true,
    );
    expect(stale).toMatchObject({ status: 'pending', lines: [{ status: 'reserved' }] });
    const { items } = (await platform.get('/v1/orders?customerId=carol')).body;
    expect(items).toMatchObject([{ orderId, stale: true }]);
    const other = (await settled('eve')).body;
    expect(other.status).toBe('confirmed');
    expect(other).not.toHaveProperty('stale');

    await bugs();
    await operator.heal(id);
    const { body: fresh } = await eventually(
      () => orderOf(orderId),
      ({ status, body }) => status === 200 && body.stale === undefined,
    );
    expect(fresh).toMatchObject({ status: 'confirmed', lines: [{ status: 'shipped' }] });
  });

  it('leaks no stock when OrderPlaced is redriven, and the order was cancelled meanwhile', async () => {
    const group = 'inventory.reserve-stock';
    const before = await product();
    await bugs('reserve dave');
    const { orderId } = (await place('dave', {}, 'OIL-02')).body;
    const id = await operator.find(group, orderId);
    const [reason, key] = [{ reason: 'changed my mind' }, { 'Idempotency-Key': randomUUID() }];
    await eventually(
      () => platform.post(`/v1/orders/${orderId}/cancel`, reason, { Prefer: 'wait=30', ...key }),
      ({ body }) => body.status === 'cancelled',
    );
    await eventually(
      () => operator.details(id),
      ({ parked }) => parked?.offsets.length === 1,
    );
    expect(await stockEventsOf(orderId)).toEqual([]);

    await bugs();
    await operator.heal(id);
    const moved = ['StockReserved', 'StockReleased'];
    await eventually(
      () => stockEventsOf(orderId),
      (types) => types.length === moved.length,
    );
    const after = await eventually(product, ({ version }) => version >= before.version + moved.length);
    expect(after).toEqual({ ...before, version: before.version + moved.length });
    expect(await stockEventsOf(orderId)).toEqual(moved);
    expect((await orderOf(orderId)).body).toMatchObject({ status: 'cancelled' });
  });

  /** What the inventory has decided for an order, in its order. */
  async function stockEventsOf(orderId: string): Promise<string[]> {
    const rows = await rowsOf(sql<{ type: string }>`select type from read_model.event_log
      where topic = 'inventory.events' and data ->> 'orderId' = ${orderId} order by "offset"`);
    return rows.map(({ type }) => type);
  }

  /** The version counts the product's events. */
  async function product() {
    type Row = { onHand: number; reserved: number; version: number };
    const [row] = await rowsOf(sql<Row>`select on_hand as "onHand", reserved, version
      from read_model.products where sku = 'OIL-02'`);
    return row as Row;
  }

  async function rowsOf<Row>(query: RawBuilder<Row>): Promise<Row[]> {
    const database = databaseAt(platform.addresses.postgres);
    try {
      return (await query.execute(database)).rows;
    } finally {
      await database.destroy();
    }
  }
}
