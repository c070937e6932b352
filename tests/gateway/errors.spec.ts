import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as http from '../harness/http.ts';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let platform: InProcessPlatform;
let gateway: { app: NestFastifyApplication; url: string };

beforeAll(async () => {
  database = await migratedDatabase();
  platform = new InProcessPlatform(database.url);
  gateway = await startGateway(platform, database.url);
  await post('/v1/products', {
    sku: 'TEAPOT',
    name: 'Teapot',
    unitPrice: { amount: 450, currency: 'EUR' },
    onHand: 10,
  });
});

afterAll(async () => {
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

const unknownId = '5b3f8c4e-0000-4000-8000-000000000000';
const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'TEAPOT', quantity: 1 }] };
const call = (method: string, path: string, init?: RequestInit) =>
  http.call(method, gateway.url + path, init);
const get = (path: string) => http.get(gateway.url + path);
const post = (path: string, body: unknown) => http.post(gateway.url + path, body);

describe('errors', () => {
  const json = { 'Content-Type': 'application/json' };
  it.each([
    ['nothing there', 'GET', '/nothing', {}, 404],
    ['no path at all', 'GET', '/%zz', {}, 400],
    ['not that method', 'DELETE', '/v1/orders', {}, 405],
    ['broken JSON', 'POST', '/v1/orders', { body: '{"a":', headers: json }, 400],
    ['no body', 'POST', '/v1/orders', {}, 400],
    ['text', 'POST', '/v1/orders', { body: 'hello' }, 415],
    ['a form', 'POST', '/v1/orders', { body: new URLSearchParams({ a: '1' }) }, 415],
    ['too much', 'POST', '/v1/orders', { body: JSON.stringify('x'.repeat(262_144)), headers: json }, 413],
  ])('%s is a problem', async (_, method, path, init, status) => {
    const answer = await call(method, path, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  it('say which methods there are', async () => {
    const { headers } = await call('PUT', `/v1/orders/${unknownId}/cancel`);
    expect(headers.get('Allow')).toBe('POST');
  });

  it('ask to come back when Kafka is down', async () => {
    platform.kafkaIsDown = true;
    const began = Date.now();
    const answers = await Promise.all([
      post('/v1/orders', order),
      post('/v1/products/TEAPOT/receipts', { quantity: 1 }),
      get(`/v1/orders/${unknownId}`),
    ]).finally(() => (platform.kafkaIsDown = false));
    for (const { status, headers } of answers) {
      expect({ status, retry: headers.get('Retry-After') }).toEqual({ status: 503, retry: '1' });
    }
    // Ten times what is promised: a busy machine may be that slow, and a gateway that waits for Kafka is slower.
    expect(Date.now() - began).toBeLessThan(50_000);
    expect((await post('/v1/orders', order)).status).toBe(202);
  });
});

describe('a gateway without Postgres', () => {
  it('asks to come back', async () => {
    const blind = await startGateway(platform, 'postgres://nobody@127.0.0.1:1/nothing');
    const answers = await Promise.all([
      http.get(`${blind.url}/v1/orders`),
      http.post(`${blind.url}/v1/orders`, order),
    ]);
    await blind.app.close();
    for (const { status, headers } of answers) {
      expect({ status, retry: headers.get('Retry-After') }).toEqual({ status: 503, retry: '1' });
    }
  });
});

describe('the document', () => {
  it('names every call, with schemas that exist', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    for (const [, name] of references) expect(body.components.schemas).toHaveProperty(String(name));
    expect(body.components.schemas.OrderRequest).toMatchObject({ additionalProperties: false });
    expect(Object.keys(body.paths)).toContain('/v1/orders/{orderId}/cancel');
  });

  it('has only patterns that every dialect of regular expressions reads', async () => {
    const { body } = await get('/openapi.json');
    const patterns = [...JSON.stringify(body).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, json]) => JSON.parse(String(json)) as string,
    );
    expect(patterns.length).toBeGreaterThan(10);
    // Properties of Unicode, escapes by four digits, back references, and what looks around.
    const special = /\\[pPuUkKXAzZ1-9]|\(\?[^:]/;
    expect(patterns.filter((pattern) => special.test(pattern))).toEqual([]);
  });

  it('is shown with assets of our own', async () => {
    const page = await (await fetch(`${gateway.url}/docs`)).text();
    expect(page).not.toMatch(/(src|href)="https?:/);
    expect((await fetch(`${gateway.url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
  });
});
