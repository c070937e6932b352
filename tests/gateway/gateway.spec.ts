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
  await post('/v1/products', teapot, {});
  await post('/v1/products', { ...teapot, sku: 'DOLLAR', unitPrice: { amount: 5, currency: 'USD' } });
});

afterAll(async () => {
  await gateway?.app.close();
  await other?.app.close();
  await platform?.close();
  await database?.drop();
});

const teapot = { sku: 'TEAPOT', name: 'Teapot', unitPrice: { amount: 450, currency: 'EUR' }, onHand: 1_000 };
const orderOf = (quantity: number, sku = 'TEAPOT') => ({
  customerId: 'customer-1',
  email: 'ada@example.com',
  lines: [{ sku, quantity }],
});
const unknownId = '5b3f8c4e-0000-4000-8000-000000000000';

const get = (path: string, headers?: Record<string, string>, url = gateway.url) =>
  http.get(url + path, headers);
const post = (path: string, body: unknown, headers?: Record<string, string>, url = gateway.url) =>
  http.post(url + path, body, headers);

describe('placing an order', () => {
  it('answers 202 with the pending order, which can be read at once', async () => {
    const { status, headers, body } = await post('/v1/orders', orderOf(2));
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'pending', total: { amount: 900, currency: 'EUR' }, version: 1 });
    expect(headers.get('Location')).toBe(`/v1/orders/${body.orderId}`);
    expect(headers.get('Idempotency-Key')).toMatch(/^[\da-f-]{36}$/);
    expect((await get(`/v1/orders/${body.orderId}`)).status).toBe(200);
  });

  it('answers 201 with the settled order to a client that waits', async () => {
    const { status, headers, body } = await post('/v1/orders', orderOf(2), { Prefer: 'wait=10' });
    expect(status).toBe(201);
    expect(headers.get('Preference-Applied')).toBe('wait=10');
    expect(body).toMatchObject({ status: 'confirmed', lines: [{ status: 'shipped' }] });
    const rejected = await post('/v1/orders', orderOf(1_000, 'DOLLAR'), { Prefer: 'wait=10' });
    expect(rejected.status).toBe(201);
    const none = await post('/v1/orders', orderOf(1, 'DOLLAR'), { Prefer: 'wait=10' });
    expect(none).toMatchObject({ status: 201, body: { status: 'rejected', reason: 'out-of-stock' } });
  });

  it('says where it came in: web, unless the client says otherwise', async () => {
    for (const [said, channel] of [
      [{}, 'web'],
      [{ channel: 'phone' }, 'phone'],
    ]) {
      const { body } = await post('/v1/orders', { ...orderOf(1), ...(said as object) });
      expect(body).toMatchObject({ status: 'pending', channel });
      const settled = await get(`/v1/orders/${body.orderId}`);
      expect(settled).toMatchObject({ status: 200, body: { channel } });
    }
  });

  it('says where its outcome is sent to, under the former name, too', async () => {
    const { body } = await post('/v1/orders', orderOf(1));
    const expected = { contact: 'ada@example.com', email: 'ada@example.com' };
    expect(body).toMatchObject(expected);
    expect((await get(`/v1/orders/${body.orderId}`)).body).toMatchObject(expected);
    const { body: events } = await get(`/v1/orders/${body.orderId}/events`);
    expect(events[0].data.customer).toEqual({ id: 'customer-1', contact: 'ada@example.com' });
  });

  it('answers 202 when the wait is over', async () => {
    platform.hold('inventory.decider');
    const { status, body } = await post('/v1/orders', orderOf(1), { Prefer: 'wait=1' });
    await platform.letGo('inventory.decider');
    expect({ status, order: body.status }).toEqual({ status: 202, order: 'pending' });
  });

  it.each([
    ['an unknown sku', { ...orderOf(1, 'NOTHING') }, 422, 'NOTHING'],
    [
      'two currencies',
      { ...orderOf(1), lines: ['TEAPOT', 'DOLLAR'].map((sku) => ({ sku, quantity: 1 })) },
      422,
      'USD',
    ],
    [
      'a sku twice',
      { ...orderOf(1), lines: ['TEAPOT', 'TEAPOT'].map((sku) => ({ sku, quantity: 1 })) },
      422,
      'TEAPOT',
    ],
    ['an unknown property', { ...orderOf(1), price: 1 }, 400, 'price'],
    ['no lines', { ...orderOf(1), lines: [] }, 400, 'lines'],
    ['a quantity of 0', orderOf(0), 400, 'lines.0.quantity'],
    ['a quantity of 1001', orderOf(1_001), 400, 'lines.0.quantity'],
    ['an unknown channel', { ...orderOf(1), channel: 'fax' }, 400, 'channel'],
    ['a bad address', { ...orderOf(1), email: 'a\r\nBcc: b@example.com' }, 400, 'email'],
    ['a control character', { ...orderOf(1), customerId: 'a\u0000' }, 400, 'customerId'],
  ])('refuses %s', async (_, body, status, named) => {
    const answer = await post('/v1/orders', body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    expect(answer.body.detail).toContain(named);
  });
});

describe('an Idempotency-Key', () => {
  it('makes one order of a request that is repeated, here and elsewhere', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await post('/v1/orders', orderOf(3), headers);
    const { lines, email, customerId } = orderOf(3);
    const again = await post('/v1/orders', { lines, email, customerId }, headers);
    const elsewhere = await post('/v1/orders', orderOf(3), headers, other.url);
    expect([again.status, elsewhere.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(elsewhere.body).toEqual(first.body);
  });

  it('is refused for another body, one after the other and both at once', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    await post('/v1/orders', orderOf(1), headers);
    expect(await post('/v1/orders', orderOf(2), headers)).toMatchObject({
      status: 422,
      body: { type: 'urn:atelier:problem:idempotency-key-reused' },
    });
    const key = { 'Idempotency-Key': randomUUID() };
    const [one, two] = await Promise.all([
      post('/v1/orders', orderOf(1), key),
      post('/v1/orders', orderOf(2), key, other.url),
    ]);
    expect([one.status, two.status].toSorted()).toEqual([202, 422]);
  });

  it('is another one for another client', async () => {
    const key = randomUUID();
    const one = await post('/v1/orders', orderOf(1), { 'Idempotency-Key': key, 'X-Client-Id': 'a' });
    const two = await post('/v1/orders', orderOf(2), { 'Idempotency-Key': key, 'X-Client-Id': 'b' });
    expect(two.status).toBe(202);
    expect(two.body.orderId).not.toBe(one.body.orderId);
  });

  it.each([
    ['empty', ''],
    ['two words', 'with space'],
    ['too long', 'x'.repeat(256)],
  ])('is refused when it is %s', async (_, key) => {
    expect((await post('/v1/orders', orderOf(1), { 'Idempotency-Key': key })).status).toBe(400);
  });

  it('holds for receipts and products', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const sku = `POT-${randomUUID()}`;
    const product = { ...teapot, sku, onHand: 1 };
    expect((await post('/v1/products', product, headers)).status).toBe(202);
    expect((await post('/v1/products', product, headers)).status).toBe(202);
    expect((await post('/v1/products', { ...product, onHand: 2 }, headers)).status).toBe(422);
    expect((await post('/v1/products', product)).status).toBe(409);
    expect((await post('/v1/products', product, { 'Idempotency-Key': randomUUID() })).status).toBe(409);

    const receipts = `/v1/products/${sku}/receipts`;
    const both = await Promise.all([4, 5].map((quantity) => post(receipts, { quantity }, headers)));
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 422]);
    const accepted = both.find(({ status }) => status === 202)?.body;
    expect((await post(receipts, { quantity: accepted.quantity }, headers)).status).toBe(202);
    await platform.idle();
    expect((await get(`/v1/products/${sku}`)).body).toMatchObject({ onHand: 1 + accepted.quantity });
  });
});

describe('reading orders', () => {
  it('never answers 404 to a read right after the 202, at no gateway', async () => {
    platform.hold('orders.decider');
    const accepting = post('/v1/orders', orderOf(1), { 'Idempotency-Key': randomUUID(), Prefer: 'wait=1' });
    const { status, body } = await accepting;
    expect({ status, order: body.status }).toEqual({ status: 202, order: 'pending' });
    const reading = get(`/v1/orders/${body.orderId}`, {}, other.url);
    await platform.letGo('orders.decider');
    expect(await reading).toMatchObject({ status: 200, body: { orderId: body.orderId } });
  });

  it('says 503 rather than 404 while it cannot know', async () => {
    platform.hold('orders.decider');
    const { body } = await post('/v1/orders', orderOf(1), { Prefer: 'wait=1' });
    const { status, headers } = await get(`/v1/orders/${body.orderId}`, {}, other.url);
    await platform.letGo('orders.decider');
    expect(status).toBe(503);
    expect(headers.get('Retry-After')).toBe('1');
  });

  it('answers 404 to an id that nobody gave out', async () => {
    for (const path of [unknownId, 'nonsense', `${unknownId}/events`]) {
      expect(await get(`/v1/orders/${path}`)).toMatchObject({ status: 404, body: { status: 404 } });
    }
    expect((await post(`/v1/orders/${unknownId}/cancel`, { reason: 'changed my mind' })).status).toBe(404);
  });

  it('honours If-None-Match', async () => {
    const { body } = await post('/v1/orders', orderOf(1), { Prefer: 'wait=10' });
    const path = `/v1/orders/${body.orderId}`;
    const etag = (await get(path)).headers.get('ETag') ?? '';
    expect(etag).toBe(`"${body.version}"`);
    for (const match of [etag, `W/${etag}`, '*', `"0", ${etag}`]) {
      const { status, body: nothing, headers } = await get(path, { 'If-None-Match': match });
      expect({ status, nothing, etag: headers.get('ETag') }).toEqual({
        status: 304,
        nothing: undefined,
        etag,
      });
    }
    expect((await get(path, { 'If-None-Match': '"0"' })).status).toBe(200);
  });

  it('lists them newest first, page by page', async () => {
    const customerId = randomUUID();
    const placed: string[] = [];
    for (let count = 0; count < 5; count++) {
      placed.push(
        (await post('/v1/orders', { ...orderOf(1), customerId }, { Prefer: 'wait=10' })).body.orderId,
      );
    }
    const listed: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: http.Answer = await get(
        `/v1/orders?customerId=${customerId}&limit=2${next && `&cursor=${next}`}`,
      );
      listed.push(...page.body.items.map(({ orderId }: { orderId: string }) => orderId));
      next = page.body.next;
    }
    expect(listed).toEqual(placed.toReversed());
    expect((await get(`/v1/orders?customerId=${customerId}&status=rejected`)).body.items).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'status=lost', 'cursor=x', 'sort=asc', 'limit=1&limit=2'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await get(`/v1/orders?${query}`);
      expect(status).toBe(400);
      expect(body.detail).toContain(query.split('=')[0]);
    },
  );

  it('tells the history of an order', async () => {
    const { body } = await post('/v1/orders', orderOf(1), { Prefer: 'wait=10' });
    await platform.idle();
    const history = await get(`/v1/orders/${body.orderId}/events`);
    expect(history.body.map(({ type }: { type: string }) => type)).toEqual([
      'OrderSubmitted',
      'LineReserved',
      'OrderConfirmed',
    ]);
    expect(history.body[0]).toMatchObject({
      version: 1,
      topic: 'orders.events',
      partition: expect.any(Number),
      offset: expect.any(Number),
      data: { total: { amount: 450, currency: 'EUR' } },
    });
    expect(history.body[0]).not.toHaveProperty('was');
  });
});

describe('products', () => {
  it('are read right after the 202', async () => {
    platform.hold('projections.products.v1');
    const sku = `POT-${randomUUID()}`;
    const { headers } = await post('/v1/products', { ...teapot, sku });
    const reading = get(headers.get('Location') ?? '');
    await platform.letGo('projections.products.v1');
    expect(await reading).toMatchObject({ status: 200, body: { sku, available: 1_000 } });
  });

  it('are unknown when nobody added them', async () => {
    expect((await get('/v1/products/NOTHING')).status).toBe(404);
    expect((await post('/v1/products/NOTHING/receipts', { quantity: 1 })).status).toBe(404);
  });
});
