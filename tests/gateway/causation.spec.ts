import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CausationNode } from '../../apps/gateway/src/causation/causation.schema.ts';
import type { Mailer } from '../../apps/notifications/src/mailer.ts';
import { OrderMailEffect } from '../../apps/notifications/src/order-mail.effect.ts';
import { migratedDatabase } from '../../apps/projections/src/testing/scratch-database.ts';
import * as http from '../harness/http.ts';
import { until } from '../harness/waiting.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

/** A mail server that is full for as long as somebody says so. */
const mailer = {
  isFull: false,
  send: async () => {
    if (mailer.isFull) throw new Error('452 mailbox full');
  },
};

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let platform: InProcessPlatform;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  database = await migratedDatabase();
  platform = new InProcessPlatform(database.url, [new OrderMailEffect(mailer as unknown as Mailer)]);
  gateway = await startGateway(platform, database.url);
  const unitPrice = { amount: 450, currency: 'EUR' };
  for (const sku of ['TEAPOT', 'CUP'])
    await post('/v1/products', { sku, name: sku, unitPrice, onHand: 1_000 });
});

afterAll(async () => {
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

const get = (path: string) => http.get(gateway.url + path);
const post = (path: string, body: unknown, headers?: Record<string, string>) =>
  http.post(gateway.url + path, body, headers);

/** An order of two lines, settled; answers its id. */
async function place(): Promise<string> {
  const lines = ['TEAPOT', 'CUP'].map((sku) => ({ sku, quantity: 1 }));
  const order = { customerId: 'ada', email: 'ada@example.com', lines };
  const { body } = await post('/v1/orders', order, { Prefer: 'wait=30' });
  return body.orderId;
}

async function nodesOf(orderId: string): Promise<CausationNode[]> {
  const { status, body } = await get(`/v1/orders/${orderId}/causation`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ orderId, complete: true, unread: [] });
  return body.nodes;
}

/** Kind and type of a node and of all that it follows from, the root first. */
const wayTo = (nodes: readonly CausationNode[], node: CausationNode): string[] => [
  ...(node.parent === null ? [] : wayTo(nodes, nodes[node.parent] as CausationNode)),
  `${node.kind} ${node.type}`,
];

describe('what has caused what of an order', () => {
  it('is told from the first command to the e-mail, with each record’s place', async () => {
    // Other orders have other causes.
    await place();
    const orderId = await place();
    await platform.idle();
    const nodes = await nodesOf(orderId);
    const mail = nodes.find(({ kind }) => kind === 'effect') as CausationNode;
    expect(mail).toMatchObject({ group: 'notifications.order-mail', status: 'performed' });
    // No gateway has published it here: so it has no request.
    expect(wayTo(nodes, mail)).toEqual([
      ...['command PlaceOrder', 'event OrderSubmitted', 'command ReserveStock'],
      ...[
        'event StockReserved',
        'command RecordReservation',
        'event OrderConfirmed',
        'effect OrderConfirmed',
      ],
    ]);
    const types = nodes.map(({ kind, type }) => `${kind} ${type}`).sort();
    expect(types).toEqual([
      ...['command PlaceOrder', 'command RecordReservation', 'command RecordReservation'],
      ...['command ReserveStock', 'command ReserveStock', 'command ShipStock', 'command ShipStock'],
      ...['effect OrderConfirmed', 'event LineReserved', 'event LineReserved', 'event OrderConfirmed'],
      ...['event OrderSubmitted', 'event StockReserved', 'event StockReserved', 'event StockShipped'],
      ...['event StockShipped'],
    ]);
    const { body: events } = await get(`/v1/orders/${orderId}/events`);
    for (const { topic, partition, offset, time, type } of events)
      expect(nodes).toContainEqual(
        expect.objectContaining({ kind: 'event', topic, partition, offset, time, type, service: 'orders' }),
      );
    const shipped = nodes.find(({ type }) => type === 'ShipStock');
    expect(shipped).toMatchObject({ group: 'inventory.reserve-stock', topic: 'inventory.commands' });
  });

  it('has the retries of an e-mail', async () => {
    mailer.isFull = true;
    const orderId = await place();
    const seen = (kind: string, facts: Partial<CausationNode>) => async () =>
      (await nodesOf(orderId)).some((node) => node.kind === kind && node.status === facts.status);
    await until('the e-mail is tried again', seen('retry', {}));
    mailer.isFull = false;
    await until('the e-mail is sent', seen('effect', { status: 'performed' }));
    const nodes = await nodesOf(orderId);
    const [retry] = nodes.filter(({ kind }) => kind === 'retry');
    expect(retry).toMatchObject({
      ...{ group: 'notifications.order-mail', service: 'notifications', attempts: 3 },
      error: { class: 'Error', message: '452 mailbox full' },
    });
    const mail = nodes.find(({ kind }) => kind === 'effect') as CausationNode;
    expect(wayTo(nodes, mail).slice(-2)).toEqual(['retry OrderConfirmed', 'effect OrderConfirmed']);
    expect(mail.status).toBe('performed');
  });

  it('is nothing for an order that nobody placed', async () => {
    expect(await get('/v1/orders/5b3f8c4e-0000-4000-8000-000000000000/causation')).toMatchObject({
      status: 404,
    });
  });
});
