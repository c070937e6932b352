import type { HeldBackAt, HeldBackBy, LogPositions } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import type { Order } from './order.schema.ts';
import { PendingHint } from './pending-hint.ts';

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const line = (sku: string) => ({ sku, quantity: 1, unitPrice: { amount: 1n, currency: 'EUR' } });
const order = (more: Partial<Order> = {}) =>
  ({
    orderId: 'o',
    status: 'pending',
    placedAt: ago(10_000),
    lines: [line('EASEL-01'), line('BRUSH-01')],
    ...more,
  }) as Order;

function hints(held: () => Promise<readonly HeldBackBy[]>) {
  const asked: HeldBackAt[] = [];
  const logs = {
    partitionOf: (_: string, key: string) => key.length,
    heldBack: (at: HeldBackAt) => {
      asked.push(at);
      return held();
    },
  };
  return { asked, hint: new PendingHint(logs as unknown as LogPositions) };
}

describe('the hint of a pending order', () => {
  it('names what is held back on its way, and for how long', async () => {
    const since = Date.now() - 14_000;
    const { asked, hint } = hints(async () => [{ topic: 'orders.events', partition: 1, since }]);
    expect((await hint.of(order())).hint).toMatch(
      /^It waits behind a transaction that has been open on orders\.events-1 for 1[45] s\./,
    );
    expect(asked[0]?.partitions).toEqual([
      { topic: 'orders.commands', partition: 1 },
      { topic: 'orders.events', partition: 1 },
      ...[8, 8].flatMap((partition) => [
        { topic: 'inventory.commands', partition },
        { topic: 'inventory.events', partition },
      ]),
    ]);
    expect(asked[0]?.groups).toContain('orders.decider');
  });

  it.each([
    ['is settled', { status: 'confirmed' }],
    ['is young', { placedAt: ago(1_000) }],
  ] as const)('is not asked for when it %s', async (_, more) => {
    const { asked, hint } = hints(async () => []);
    expect(await hint.of(order(more))).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is left out when nothing is held back, or nobody can say', async () => {
    expect(await hints(async () => []).hint.of(order())).toEqual({});
    expect(await hints(() => Promise.reject(new Error('no broker'))).hint.of(order())).toEqual({});
  });
});
