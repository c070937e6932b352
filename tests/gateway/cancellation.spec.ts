import { ExpireOrder } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
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
  const unitPrice = { amount: 450, currency: 'EUR' };
  await post('/v1/products', { sku: 'TEAPOT', name: 'Teapot', unitPrice, onHand: 1_000 });
});

afterAll(async () => {
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'TEAPOT', quantity: 1 }] };
const get = (path: string) => http.get(gateway.url + path);
const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  http.post(gateway.url + path, body, headers);

describe('cancelling an order', () => {
  it('answers 200 when it was cancelled, and 409 with the reason when it was too late', async () => {
    platform.hold('inventory.decider');
    const { body } = await post('/v1/orders', order);
    const path = `/v1/orders/${body.orderId}/cancel`;
    const headers = { Prefer: 'wait=10', 'Idempotency-Key': randomUUID() };
    const cancelled = await post(path, { reason: 'changed my mind' }, headers);
    await platform.letGo('inventory.decider');
    expect(cancelled).toMatchObject({
      status: 200,
      body: { status: 'cancelled', reason: 'changed my mind' },
    });
    expect((await post(path, { reason: 'changed my mind' }, headers)).status).toBe(200);
    expect((await post(path, { reason: 'another' }, headers)).status).toBe(422);
    expect(await post(path, { reason: 'again' }, { Prefer: 'wait=10' })).toMatchObject({
      status: 409,
      body: { reason: 'cancelled' },
    });
    expect((await post(path, { reason: 'again' })).status).toBe(202);
  });

  it.each(['expired', 'constructor', '__proto__', 'toString'])(
    "has the customer's reason, and says that it is theirs: %s",
    async (reason) => {
      platform.hold('inventory.decider');
      const { body } = await post('/v1/orders', order);
      const path = `/v1/orders/${body.orderId}/cancel`;
      const cancelled = await post(path, { reason }, { Prefer: 'wait=10' });
      await platform.letGo('inventory.decider');
      expect(cancelled.body).toMatchObject({ status: 'cancelled', reason, cancelledBy: 'customer' });
    },
  );

  it('says that it was the platform where its time was up', async () => {
    platform.hold('inventory.decider');
    const { body } = await post('/v1/orders', order);
    await platform.tell(ExpireOrder({ orderId: body.orderId }));
    await platform.letGo('inventory.decider');
    expect((await get(`/v1/orders/${body.orderId}`)).body).toMatchObject({
      status: 'cancelled',
      reason: 'expired',
      cancelledBy: 'platform',
    });
  });
});
