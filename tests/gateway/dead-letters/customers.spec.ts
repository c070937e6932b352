import { orderIdFor } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStream } from '../../../apps/gateway/src/events/event-stream.ts';
import * as http from '../../harness/http.ts';
import { OperatorsDesk, unknownId } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('what customers see of dead letters', () => {
  const product = { sku: 'POT', name: 'Pot', unitPrice: { amount: 450, currency: 'EUR' }, onHand: 10 };
  const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'POT', quantity: 1 }] };
  const park = (projection: string, key: string) =>
    desk.rows.query(
      `insert into read_model.parked_keys (projection, topic, "partition", key, since, dead_letter_id, released)
       values ($1, 'topic', 0, $2, 0, $3, false)`,
      [projection, key, unknownId],
    );

  beforeAll(async () => {
    await desk.post('/v1/products', product);
    await desk.platform.idle();
  });

  it('is that an order or a product is stale', async () => {
    const placed = await desk.post('/v1/orders', order, { Prefer: 'wait=10' });
    const path = `/v1/orders/${placed.body.orderId}`;
    const fresh = await desk.get(path);
    expect(fresh.body).not.toHaveProperty('stale');
    await park('projections.orders.v1', placed.body.orderId);
    await park('projections.products.v1', 'POT');
    const etag = fresh.headers.get('ETag') ?? '';
    const stale = await http.get(desk.gateway.url + path, { 'If-None-Match': etag });
    expect(stale).toMatchObject({ status: 200, body: { stale: true } });
    expect((await desk.get('/v1/products/POT')).body).toMatchObject({ stale: true });
    await desk.rows.query('delete from read_model.parked_keys');
    expect((await desk.get('/v1/products/POT')).body).not.toHaveProperty('stale');
  });

  it('is that the command of an order was set aside', async () => {
    const key = randomUUID();
    const orderId = orderIdFor('anonymous', key);
    desk.platform.hold('orders.decider');
    const id = await desk.report({ group: 'orders.decider', topic: 'orders.commands', key: orderId });
    const waiting = await desk.post('/v1/orders', order, { 'Idempotency-Key': key, Prefer: 'wait=1' });
    const reading = await desk.get(`/v1/orders/${orderId}`);
    await desk.platform.letGo('orders.decider');
    for (const { status, body } of [waiting, reading]) {
      expect({ status, ...body }).toMatchObject({
        status: 500,
        type: 'urn:atelier:problem:command-set-aside',
        detail: expect.stringContaining(id),
        deadLetterId: id,
      });
    }
    expect((await desk.get(`/v1/orders/${orderId}`)).status).toBe(200);
  });

  it('is nothing of a command that was given up, and still an event that was', async () => {
    const letters = {
      command: { group: 'orders.decider', topic: 'orders.commands', key: randomUUID() },
      event: { group: 'projections.orders.v1', topic: 'orders.events', key: randomUUID() },
    };
    for (const facts of Object.values(letters)) {
      const id = await desk.report(facts);
      expect((await desk.get(`/v1/orders/${facts.key}`)).body).toMatchObject({
        status: 500,
        deadLetterId: id,
      });
      await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    }
    await desk.platform.idle();
    expect((await desk.get(`/v1/orders/${letters.command.key}`)).status).toBe(404);
    const { body } = await desk.get(`/v1/orders/${letters.event.key}`);
    expect(body).toMatchObject({ status: 500, type: 'urn:atelier:problem:event-set-aside' });
  });

  it('is nothing of an unknown order, although reports are late', async () => {
    const orderId = randomUUID();
    desk.platform.hold('dead-letters.decider');
    await desk.report({ deadLetterId: orderId });
    const { status } = await desk.get(`/v1/orders/${orderId}`);
    await desk.platform.letGo('dead-letters.decider');
    expect(status).toBe(404);
  });

  it('is nothing in the stream of events', async () => {
    const stream = await desk.gateway.app.get(EventStream).open(undefined, new AbortController().signal);
    await stream.next();
    await desk.report();
    await desk.post('/v1/products/POT/receipts', { quantity: 1 });
    const { value } = await stream.next();
    expect(value).toContain('StockReceived');
    expect(value).not.toContain('DeadLetter');
    await stream.return(undefined);
  });
});
