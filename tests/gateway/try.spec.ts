import { expect, it } from '@jest/globals';
import { freshDatabase } from './fresh-database.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

it('runs', async () => {
  const db = await freshDatabase();
  const platform = new InProcessPlatform(db.url);
  const { app, url } = await startGateway(platform, db.url);
  const show = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const r = await fetch(url + path, { method, headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers }, body: body ? JSON.stringify(body) : null });
    console.log(method, path, r.status, JSON.stringify([...r.headers]), (await r.text()).slice(0, 3000));
  };
  try {
    await show('POST', '/v1/products', { sku: 'A', name: 'A', unitPrice: { amount: 450, currency: 'EUR' }, onHand: 10 });
    await show('POST', '/v1/orders', { customerId: 'c', email: 'a@b.example', lines: [{ sku: 'A', quantity: 2 }] }, { Prefer: 'wait=5', 'Idempotency-Key': 'k' });
    await show('POST', '/v1/orders', { customerId: 'c', email: 'a@b.example', lines: [{ sku: 'A', quantity: 2 }] }, { 'Idempotency-Key': 'k' });
    await show('POST', '/v1/orders', { customerId: 'c', email: 'a@b.example', lines: [{ sku: 'A', quantity: 3 }] }, { 'Idempotency-Key': 'k' });
    await show('GET', '/v1/products');
    await show('GET', '/v1/orders');
    await show('GET', '/v1/orders?limit=x&foo=1');
    await show('DELETE', '/v1/orders');
    await show('GET', '/nope');
    await show('GET', '/%zz');
    await show('POST', '/v1/orders', undefined);
    await show('POST', '/v1/orders', { customerId: 'c', x: 1, lines: [] });
    await show('POST', '/v1/orders', { a: 'x'.repeat(300000) });
    await show('POST', '/v1/orders', { a: 'x' }, { 'content-type': 'text/plain' });
    await show('GET', '/v1/orders/5b3f8c4e-0000-4000-8000-000000000000');
    const bad = await fetch(url + '/v1/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":' });
    console.log(bad.status, await bad.text());
    await show('GET', '/docs');
    await show('GET', '/docs/swagger-ui-bundle.js');
    const doc = await (await fetch(url + '/openapi.json')).text();
    (await import('node:fs')).writeFileSync('/tmp/gwpg/openapi.json', doc);
  } finally {
    await app.close(); await platform.close(); await db.drop();
  }
  expect(1).toBe(1);
});
