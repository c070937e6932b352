import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as http from '../harness/http.ts';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let platform: InProcessPlatform;
let gateway: { app: NestFastifyApplication; url: string };
let other: { app: NestFastifyApplication; url: string };

beforeAll(async () => {
  database = await migratedDatabase();
  platform = new InProcessPlatform(database.url);
  gateway = await startGateway(platform, database.url);
  other = await startGateway(platform, database.url);
  const unitPrice = { amount: 450, currency: 'EUR' };
  await post('/v1/products', { sku: 'TEAPOT', name: 'Teapot', unitPrice, onHand: 1_000 });
  await platform.idle();
});

afterAll(async () => {
  await gateway?.app.close();
  await other?.app.close();
  await platform?.close();
  await database?.drop();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  http.post(gateway.url + path, body, { 'Idempotency-Key': randomUUID(), ...headers });
const tokenOf = ({ headers }: http.Answer, name = 'Consistency-Token') => ({
  'Consistency-Token': headers.get(name) ?? '',
});
/** At a gateway that knows nothing of what the other one was asked. */
const read = (path: string, headers: Record<string, string> = {}) => http.get(other.url + path, headers);

const place = (customerId: string, headers?: Record<string, string>) =>
  post(
    '/v1/orders',
    { customerId, email: 'ada@example.com', lines: [{ sku: 'TEAPOT', quantity: 2 }] },
    headers,
  );
const items = async (answer: Promise<http.Answer>) => (await answer).body.items as unknown[];

describe('a client that sends the token of its write', () => {
  it('finds its order in a list of another gateway, however late the projection is', async () => {
    platform.hold('projections.orders.v1');
    const placed = await place('late-list');
    expect(await items(read('/v1/orders?customerId=late-list'))).toEqual([]);
    const reading = read('/v1/orders?customerId=late-list', tokenOf(placed));
    await platform.letGo('projections.orders.v1');
    expect(await items(reading)).toMatchObject([{ orderId: placed.body.orderId }]);
  });

  it('waits for the decider, too, where the write was accepted before it was decided', async () => {
    for (const group of ['orders.decider', 'projections.orders.v1']) platform.hold(group);
    const placed = await place('undecided');
    expect(placed).toMatchObject({ status: 202, body: { version: 0 } });
    expect(placed.headers.get('Consistency-Token')).toMatch(/^orders\.commands~/);
    const reading = read('/v1/orders?customerId=undecided', tokenOf(placed));
    await Promise.all(['orders.decider', 'projections.orders.v1'].map((group) => platform.letGo(group)));
    expect(await items(reading)).toHaveLength(1);
  });

  it('sees in every read model of orders how its order was settled, if it waited for that', async () => {
    const groups = ['sales', 'customers', 'event-log'].map((name) => `projections.${name}.v1`);
    for (const group of groups) platform.hold(group);
    const settled = await place('settled', { Prefer: 'wait=10' });
    expect(settled).toMatchObject({ status: 201, body: { status: 'confirmed' } });
    const token = tokenOf(settled);
    const reading = [
      read('/v1/sales?sku=TEAPOT', token),
      read('/v1/customers/settled/summary', token),
      read(`/v1/orders/${settled.body.orderId}/events`, token),
    ];
    await Promise.all(groups.map((group) => platform.letGo(group)));
    const [sales, summary, history] = await Promise.all(reading);
    expect(sales?.body.items).toHaveLength(1);
    expect(summary?.body).toMatchObject({ orders: { placed: 1, confirmed: 1 }, spent: [{ amount: 900 }] });
    expect(history?.body.at(-1)).toMatchObject({ type: 'OrderConfirmed' });
  });

  it('is answered again with it when it repeats the write', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const [first, again] = [await place('repeated', key), await place('repeated', key)];
    expect(first.headers.get('Consistency-Token')).toMatch(/^orders\.events~\d~\d+$/);
    expect(tokenOf(again)).toEqual(tokenOf(first));
  });

  it('is told what to do when it takes too long', async () => {
    platform.hold('projections.products.v1');
    const token = tokenOf(await post('/v1/products/TEAPOT/receipts', { quantity: 1 }));
    const { status, headers, body } = await read('/v1/products', token);
    await platform.letGo('projections.products.v1');
    expect([status, headers.get('Retry-After')]).toEqual([503, '1']);
    expect(body).toMatchObject({
      type: 'urn:atelier:problem:not-seen-yet',
      projection: 'projections.products.v1',
      detail: expect.stringContaining('or without it to read what is there'),
    });
    expect((await read('/v1/products', token)).status).toBe(200);
  });
});

describe('the positions of a read', () => {
  it('are those of its projection, and make a later read no older', async () => {
    await place('positions', { Prefer: 'wait=10' });
    await platform.idle();
    const seen = await http.get(`${gateway.url}/v1/orders`);
    const places = seen.headers.get('Read-Positions')?.split(', ') ?? [];
    expect(places).toHaveLength(6);
    expect(places.every((text) => /^orders\.events~[0-5]~\d+$/.test(text))).toBe(true);
    expect((await read('/v1/sales', tokenOf(seen, 'Read-Positions'))).status).toBe(200);
  });

  it('come with what is as it was, and with what is not there', async () => {
    const settled = await place('etag', { Prefer: 'wait=10' });
    const path = `/v1/orders/${settled.body.orderId}`;
    const etag = (await read(path)).headers.get('ETag') ?? '';
    const same = await read(path, { 'If-None-Match': etag });
    const unknown = await read('/v1/products/NOTHING');
    expect([same.status, unknown.status]).toEqual([304, 404]);
    for (const { headers } of [same, unknown]) expect(headers.get('Read-Positions')).toBeTruthy();
  });
});

describe('a token that no write has given', () => {
  it.each(['x', 'orders.events~6~0', 'orders.events~0~-1', ''])('is refused: %s', async (token) => {
    const answer = await read('/v1/orders', { 'Consistency-Token': token });
    expect(answer).toMatchObject({ status: 400, body: { header: 'Consistency-Token' } });
  });

  it('is refused when its place is beyond the log', async () => {
    const answer = await read('/v1/orders', { 'Consistency-Token': 'orders.events~0~1000000000000' });
    expect(answer).toMatchObject({ status: 400, body: { header: 'Consistency-Token' } });
  });
});
