import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import * as http from '../harness/http.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let platform: InProcessPlatform;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let orderId: string;

beforeAll(async () => {
  database = await migratedDatabase();
  platform = new InProcessPlatform(database.url);
  gateway = await startGateway(platform, database.url);
  const unitPrice = { amount: 450, currency: 'EUR' };
  await post('/v1/products', { sku: 'TEAPOT', name: 'Teapot', unitPrice, onHand: 9 });
  const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'TEAPOT', quantity: 2 }] };
  ({ orderId } = (await post('/v1/orders', order, { Prefer: 'wait=10' })).body);
  await platform.idle();
});

afterAll(async () => {
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

const get = (path: string) => http.get(gateway.url + path);
const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  http.post(gateway.url + path, body, headers);

describe('an order', () => {
  it('is shown as it was at each version, and at each time', async () => {
    const path = `/v1/orders/${orderId}`;
    const { body: events } = await get(`${path}/events`);
    const [placed, reserved, confirmed] = events;
    const lines = [{ sku: 'TEAPOT', quantity: 2, unitPrice: { amount: 450, currency: 'EUR' } }];
    const state = { status: 'pending', lines, total: { amount: 900, currency: 'EUR' }, reserved: [] };
    const first = await get(`${path}?version=1`);
    expect(first).toMatchObject({ status: 200, body: { orderId, version: 1, offset: placed.offset, state } });
    expect(first.headers.get('ETag')).toBeNull();
    expect(await get(`${path}?version=2`)).toMatchObject({
      body: { type: 'LineReserved', state: { reserved: ['TEAPOT'] } },
    });
    const settled = { version: 3, time: confirmed.time, state: { status: 'confirmed' } };
    const latest = await get(`${path}?at=${confirmed.time}`);
    expect(latest.body).toEqual({ ...(await get(`${path}?version=3`)).body });
    expect(latest.body).toMatchObject(settled);
    // Two events of one command have one time.
    expect(reserved.time).toBe(confirmed.time);
    const before = new Date(Date.parse(placed.time) - 1).toISOString();
    expect(await get(`${path}?at=${before}`)).toMatchObject({
      status: 404,
      body: { first: { version: 1, time: placed.time }, last: { version: 3, time: confirmed.time } },
    });
  });

  it.each([
    'version=x',
    'at=yesterday',
    'version=1&at=2026-11-30T12:00:00Z',
    'verison=1',
    'version=1&version=2',
  ])('is not shown for ?%s, and is said why', async (query) => {
    const { status, body } = await get(`/v1/orders/${orderId}?${query}`);
    expect({ status, type: body.type }).toEqual({
      status: 400,
      type: 'urn:atelier:problem:malformed-request',
    });
    expect(body.errors).toHaveLength(1);
  });

  it('that nobody placed has no past', async () => {
    const path = '/v1/orders/5b3f8c4e-0000-4000-8000-000000000000';
    for (const query of ['?version=1', '?at=2026-11-30T12:00:00Z', '/events?diff=true'])
      expect(await get(path + query)).toMatchObject({
        status: 404,
        body: { type: 'urn:atelier:problem:not-found' },
      });
  });

  it('shows with each of its events what that changed', async () => {
    const { body: plain } = await get(`/v1/orders/${orderId}/events?diff=false`);
    const { body: steps } = await get(`/v1/orders/${orderId}/events?diff=true`);
    expect(steps).toMatchObject(plain);
    expect(steps.map((step: { changes: unknown }) => step.changes)).toMatchObject([
      [{ path: '/status', from: 'none', to: 'pending' }, ...Array(5).fill({})],
      [{ path: '/reserved/0', to: 'TEAPOT' }],
      expect.arrayContaining([{ path: '/status', from: 'pending', to: 'confirmed' }]),
    ]);
    expect(steps[0]).toMatchObject({ before: { status: 'none' }, after: { status: 'pending' } });
    expect(await get(`/v1/orders/${orderId}/events?diff=yes`)).toMatchObject({ status: 400 });
  });
});

describe('the stock of a product', () => {
  it('is shown as it was at each version, and at each time', async () => {
    const { body: added } = await get('/v1/products/TEAPOT?version=1');
    expect(added).toMatchObject({ sku: 'TEAPOT', type: 'ProductAdded', state: { onHand: 9, reserved: 0 } });
    expect(await get('/v1/products/TEAPOT?version=2')).toMatchObject({
      body: { type: 'StockReserved', state: { reserved: 2, reservations: [{ orderId, quantity: 2 }] } },
    });
    expect(await get(`/v1/products/TEAPOT?at=${added.time}`)).toMatchObject({ body: { version: 1 } });
    expect(await get('/v1/products/TEAPOT?at=9999-12-31T23:59:59Z')).toMatchObject({
      body: { type: 'StockShipped', state: { onHand: 7, reserved: 0 } },
    });
    expect(await get('/v1/products/TEAPOT?version=4')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('it has versions 1 to 3') },
    });
  });

  it('of what is no product has no past', async () => {
    for (const sku of ['KETTLE', '%00', 'a'.repeat(65)])
      expect(await get(`/v1/products/${sku}?version=1`)).toMatchObject({ status: 404 });
  });
});
