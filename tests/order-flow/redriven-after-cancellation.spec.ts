import { randomUUID } from 'node:crypto';
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
import type { Order, ProductStock } from '@atelier/contracts/aggregates';
import type { Received } from '@atelier/eventing/domain';
import { header } from '@atelier/eventing/log';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import { order } from '../../apps/orders/src/order.decider.ts';
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
  let flow: OrderFlow;

  beforeEach(async () => {
    flow = new OrderFlow();
    await flow.start();
    for (const { sku } of lines)
      await flow.tell(AddProduct({ sku, name: sku, unitPrice, onHand: 10 }), `add-${sku}`);
  });

  afterEach(() => flow.stop());

  const place = (orderId: string) =>
    flow.tell(PlaceOrder({ orderId, ...customer, lines, channel: 'web' }), `place-${orderId}`);

  const ofOrder = (topic: string, id: string) =>
    flow.broker.messages(topic).filter(({ data }) => (data as { orderId?: string }).orderId === id);

  const letters = () => flow.broker.deadLetters(POLICY, EVENTS);

  /** The policy fails at OrderPlaced of this order, which is cancelled then; until it is repaired. */
  async function cancelledBehindItsDeadLetter(orderId: string): Promise<void> {
    flow.policy.fails = ({ metadata: { subject } }) => subject === orderId;
    await place(orderId);
    expect(letters()).toHaveLength(1);
    await flow.tell(CancelOrder({ orderId, reason: 'changed my mind' }), `cancel-${orderId}`);
    expect(flow.states<Order>(order).get(orderId)?.status).toBe('cancelled');
  }

  /** An order of the same partition that was placed later has gone all the way: so the policy has passed the first. */
  async function othersFlow(orderId: string): Promise<string[]> {
    const others = [neighbourOf(orderId, true), neighbourOf(orderId, false)];
    for (const other of others) await place(other);
    return others;
  }

  function neighbourOf(orderId: string, same: boolean): string {
    const partition = flow.partitionOf(orderId);
    for (;;) {
      const id = randomUUID();
      if ((flow.partitionOf(id) === partition) === same) return id;
    }
  }

  async function redriven(orderId: string): Promise<void> {
    flow.policy.fails = () => false;
    const [letter] = letters();
    if (!letter) throw new Error('There is no dead letter');
    await flow.redrive(letter);
    const decided = ofOrder('inventory.events', orderId);
    expect(decided.filter(({ type }) => type === 'StockReleased')).toHaveLength(lines.length);
  }

  /** What everybody can see, from the events alone; the rows are what the deciders know. */
  function violations(): readonly object[] {
    const events = [...flow.broker.messages(EVENTS), ...flow.broker.messages('inventory.events')];
    const shelves = flow.states<ProductStock>(stock);
    const orders = flow.states<Order>(order);
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
  function expectParked(orderId: string): void {
    expect(ofOrder('inventory.commands', orderId)).toEqual([]);
    expect(letters().map(({ headers }) => header(headers, 'ce_type'))).toEqual(['OrderPlaced']);
    expect(flow.broker.parked(POLICY, EVENTS)).toEqual([orderId]);
  }

  function expectReservedThenReleased(orderId: string): void {
    for (const { sku, quantity } of lines) {
      const ofProduct = ({ metadata }: Received) => metadata.subject === sku;
      const commands = ofOrder('inventory.commands', orderId).filter(ofProduct);
      expect(commands.map(({ type, data }) => ({ type, data }))).toEqual([
        ReserveStock({ sku, orderId, quantity }),
        ReleaseStock({ sku, orderId }),
      ]);
      const decided = ofOrder('inventory.events', orderId).filter(ofProduct);
      expect(decided.map(({ type, data }) => ({ type, data }))).toEqual([
        StockReserved({ sku, orderId, quantity }),
        StockReleased({ sku, orderId, quantity }),
      ]);
    }
  }

  function expectNothingHeld(): void {
    expect(violations()).toEqual([]);
    const shelves = flow.states<ProductStock>(stock);
    for (const { sku } of lines) expect(shelves.get(sku)).toMatchObject({ reserved: 0, reservations: [] });
  }

  it.each([
    ['', false],
    [', also by a policy that was started again', true],
  ])('waits with all that follows, and leaks nothing when it is redriven%s', async (_, restarted) => {
    const orderId = randomUUID();
    await cancelledBehindItsDeadLetter(orderId);
    const others = await othersFlow(orderId);
    expectParked(orderId);

    if (restarted) await flow.restartPolicy();
    await redriven(orderId);

    expectReservedThenReleased(orderId);
    expectNothingHeld();
    const orders = flow.states<Order>(order);
    const outcomes = [orderId, ...others].map((id) => orders.get(id)?.status);
    expect(outcomes).toEqual(['cancelled', 'confirmed', 'confirmed']);
    expect(flow.broker.parked(POLICY, EVENTS)).toEqual([]);
    const told = flow.broker.messages('dead-letters.commands').map(({ type }) => type);
    expect(told).toEqual(['ReportDeadLetter', 'RecordRedriveHandled']);
  });
});
