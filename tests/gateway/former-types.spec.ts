import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import * as http from '../harness/http.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

describe('an order of which another release has written an event', () => {
  let database: Awaited<ReturnType<typeof migratedDatabase>>;
  let platform: InProcessPlatform;
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  beforeAll(async () => {
    database = await migratedDatabase();
    platform = new InProcessPlatform(database.url);
    gateway = await startGateway(platform, database.url);
    const price = { amount: 450, currency: 'EUR' };
    await post('/v1/products', { sku: 'TEAPOT', name: 'Teapot', unitPrice: price, onHand: 1_000 });
  });
  afterAll(async () => {
    await gateway?.app.close();
    await platform?.close();
    await database?.drop();
  });

  it('is one order, where its request is repeated and what it began with was written as a release before knew it', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const { body } = await post('/v1/orders', orderOf(3), headers);
    await platform.idle();
    const former = JSON.stringify({ customerId: 'customer-1', email: 'ada@example.com' });
    await sql`update read_model.event_log
      set type = 'OrderPlaced', data = data - 'customer' - 'channel' || ${former}::jsonb
      where aggregate_id = ${body.orderId} and type = 'OrderSubmitted'`.execute(database.database);
    const later = await startGateway(platform, database.url);
    try {
      const again = await post('/v1/orders', orderOf(3), headers, later.url);
      expect(again).toMatchObject({ status: 202, body });
      const { body: events } = await get(`/v1/orders/${body.orderId}/events`, {}, later.url);
      expect(events[0]).toMatchObject({ type: 'OrderPlaced', data: { email: 'ada@example.com' } });
    } finally {
      await later.app.close();
    }
  });

  it('tells what the event was when it was written, where that was another type', async () => {
    const { body } = await post('/v1/orders', orderOf(1), { Prefer: 'wait=10' });
    await platform.idle();
    const written = { type: 'OrderOpened', version: 2, data: { orderId: body.orderId, amount: 4 }, parts: 2 };
    await sql`update read_model.event_log set was = ${JSON.stringify(written)}::jsonb
      where aggregate_id = ${body.orderId} and type = 'OrderSubmitted'`.execute(database.database);
    await sql`insert into read_model.event_log (topic, "partition", "offset", aggregate_id, version, type, event_id, time,
        correlation_id, data, part, was)
      select topic, "partition", "offset", aggregate_id, version, 'LineReserved', event_id, time, correlation_id, '{}', 1, was
      from read_model.event_log where aggregate_id = ${body.orderId} and type = 'OrderSubmitted'`.execute(
      database.database,
    );
    const history = await get(`/v1/orders/${body.orderId}/events`);
    const was = { type: 'OrderOpened', schemaVersion: 2, data: { orderId: body.orderId, amount: 4 } };
    expect(history.body.slice(0, 2)).toMatchObject([
      { version: 1, type: 'OrderSubmitted', data: { total: { amount: 450 } }, was },
      { version: 1, type: 'LineReserved', data: {}, was },
    ]);
  });

  const orderOf = (quantity: number) => ({
    ...{ customerId: 'customer-1', email: 'ada@example.com' },
    lines: [{ sku: 'TEAPOT', quantity }],
  });
  const get = (path: string, headers?: Record<string, string>, url = gateway.url) =>
    http.get(url + path, headers);
  const post = (path: string, body: unknown, headers?: Record<string, string>, url = gateway.url) =>
    http.post(url + path, body, headers);
});
