import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AddProduct,
  CancelOrder,
  PlaceOrder,
  ReleaseStock,
  ReserveStock,
  StockReleased,
  StockReserved,
} from '@atelier/contracts';
import { deadLetterTopic, parkedTopic, type Received } from '@atelier/eventing/domain';
import { header } from '@atelier/eventing/log';
import type { ProductStock } from '../../apps/inventory/src/stock.ts';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import type { Order } from '../../apps/orders/src/order.ts';
import { order } from '../../apps/orders/src/order.decider.ts';
import { scratchName, until } from '../../libs/eventing/src/testing/scratch-broker.ts';
import { conservation, type DomainEvent } from '../../tools/demo/conservation.ts';
import { OrderFlow } from './order-flow.ts';

const POLICY = 'inventory.reserve-stock';
const EVENTS = 'orders.events';
const unitPrice = { amount: 450n, currency: 'EUR' };
const customer = { customerId: 'alice', email: 'alice@example.com' };
const lines = [
  { sku: 'cup', quantity: 2, unitPrice },
  { sku: 'pot', quantity: 1, unitPrice },
];

describe('an order that was cancelled while its OrderPlaced was a dead letter', () => {
  const registryUrl = process.env['REGISTRY_URL'] ?? '';
  let directory: string;
  let flow: OrderFlow;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atelier-redriven-'));
    const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
    flow = new OrderFlow({ name: scratchName('redriven'), brokers, registryUrl, directory });
    await flow.start(registryUrl);
    for (const { sku } of lines)
      await flow.tell(AddProduct({ sku, name: sku, unitPrice, onHand: 10 }), `add-${sku}`);
    await happened('inventory.events', 'ProductAdded', 'cup');
    await happened('inventory.events', 'ProductAdded', 'pot');
  });

  afterEach(async () => {
    await flow.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const happened = (topic: string, type: string, subject: string) =>
    until(async () =>
      (await flow.messages(topic)).some((event) => event.type === type && event.metadata.subject === subject),
    );

  const place = (orderId: string) =>
    flow.tell(PlaceOrder({ orderId, ...customer, lines }), `place-${orderId}`);

  const ofOrder = async (topic: string, id: string) =>
    (await flow.messages(topic)).filter(({ data }) => (data as { orderId?: string }).orderId === id);

  const letters = () => flow.side(deadLetterTopic, POLICY, EVENTS);

  /** The policy fails at OrderPlaced of this order, which is cancelled then; until it is repaired. */
  async function cancelledBehindItsDeadLetter(orderId: string): Promise<void> {
    flow.handlers.fails = ({ type, metadata: { subject } }, group) =>
      group === POLICY && type === 'OrderPlaced' && subject === orderId;
    await place(orderId);
    await until(async () => (await letters()).length === 1);
    await flow.tell(CancelOrder({ orderId, reason: 'changed my mind' }), `cancel-${orderId}`);
    await happened(EVENTS, 'OrderCancelled', orderId);
  }

  /** An order of the same partition that was placed later has gone all the way: so the policy has passed the first. */
  async function othersFlow(orderId: string): Promise<string[]> {
    const others = [neighbourOf(orderId, true), neighbourOf(orderId, false)];
    for (const other of others) await place(other);
    for (const other of others) await happened(EVENTS, 'OrderConfirmed', other);
    return others;
  }

  function neighbourOf(orderId: string, same: boolean): string {
    const partition = flow.partitionOf(EVENTS, orderId);
    for (;;) {
      const id = randomUUID();
      if ((flow.partitionOf(EVENTS, id) === partition) === same) return id;
    }
  }

  async function redriven(orderId: string): Promise<void> {
    flow.handlers.fails = () => false;
    const [letter] = await letters();
    if (!letter) throw new Error('There is no dead letter');
    await flow.redrive(letter);
    const isRelease = ({ type }: Received) => type === 'StockReleased';
    await until(async () => {
      const decided = await ofOrder('inventory.events', orderId);
      return decided.filter(isRelease).length === lines.length;
    });
  }

  /** The last mark of each key counts. */
  async function parkedKeys(): Promise<(string | undefined)[]> {
    const marks = await flow.side(parkedTopic, POLICY, EVENTS);
    const last = new Map(marks.map(({ key, value }) => [key?.toString(), value]));
    return [...last].filter(([, value]) => value !== null).map(([key]) => key);
  }

  /** What everybody can see, from the events alone; the rows are what the deciders know. */
  async function violations(): Promise<readonly object[]> {
    const events = [...(await flow.messages(EVENTS)), ...(await flow.messages('inventory.events'))];
    const shelves = await flow.states<ProductStock>(stock);
    const orders = await flow.states<Order>(order);
    const facts = {
      events: events.map(({ type, data, metadata: { id, subject } }): DomainEvent => {
        return { id, type, subject, data };
      }),
      orders: [...orders].map(([orderId, { status }]) => ({ orderId, status })),
      products: [...shelves].map(([sku, { onHand, reserved }]) => ({ sku, onHand, reserved })),
      mails: [],
      run: [],
    };
    return conservation(facts).flatMap((check) => check.violations);
  }

  /** While the dead letter is open, the policy has said nothing for this order, and its key is parked. */
  async function expectParked(orderId: string): Promise<void> {
    expect(await ofOrder('inventory.commands', orderId)).toEqual([]);
    expect((await letters()).map(({ headers }) => header(headers, 'ce_type'))).toEqual(['OrderPlaced']);
    expect(await parkedKeys()).toEqual([orderId]);
  }

  async function expectReservedThenReleased(orderId: string): Promise<void> {
    for (const { sku, quantity } of lines) {
      const ofProduct = ({ metadata }: Received) => metadata.subject === sku;
      const commands = (await ofOrder('inventory.commands', orderId)).filter(ofProduct);
      expect(commands.map(({ type, data }) => ({ type, data }))).toEqual([
        ReserveStock({ sku, orderId, quantity }),
        ReleaseStock({ sku, orderId }),
      ]);
      const decided = (await ofOrder('inventory.events', orderId)).filter(ofProduct);
      expect(decided.map(({ type, data }) => ({ type, data }))).toEqual([
        StockReserved({ sku, orderId, quantity }),
        StockReleased({ sku, orderId, quantity }),
      ]);
    }
  }

  async function expectNothingHeld(): Promise<void> {
    await until(async () => (await violations()).length === 0);
    const shelves = await flow.states<ProductStock>(stock);
    for (const { sku } of lines) expect(shelves.get(sku)).toMatchObject({ reserved: 0, reservations: [] });
  }

  it.each([
    ['', false],
    [', also by a policy that was started again', true],
  ])('waits with all that follows, and leaks nothing when it is redriven%s', async (_, restarted) => {
    const orderId = randomUUID();
    await cancelledBehindItsDeadLetter(orderId);
    const others = await othersFlow(orderId);
    await expectParked(orderId);

    if (restarted) await flow.restart(POLICY);
    await redriven(orderId);

    await expectReservedThenReleased(orderId);
    await expectNothingHeld();
    const orders = await flow.states<Order>(order);
    const outcomes = [orderId, ...others].map((id) => orders.get(id)?.status);
    expect(outcomes).toEqual(['cancelled', 'confirmed', 'confirmed']);
    expect(await parkedKeys()).toEqual([]);
    const told = (await flow.messages('dead-letters.commands')).map(({ type }) => type);
    expect(told).toEqual(['ReportDeadLetter', 'RecordRedriveHandled']);
  });
});
