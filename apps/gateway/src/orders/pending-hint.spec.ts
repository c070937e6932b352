import type { HeldBackAt, HeldBackBy, LogPositions, RecordPlace } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import type { Pipeline } from '../read-model/barrier.ts';
import type { UndecidedRecords } from '../records/undecided-records.ts';
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

type Undecided = (pipeline: Pipeline, partition: number) => Promise<RecordPlace | undefined>;

function hints(
  held: () => Promise<readonly HeldBackBy[]>,
  undecided: Undecided = () => Promise.resolve(undefined),
) {
  const asked: HeldBackAt[] = [];
  const logs = {
    partitionOf: (_: string, key: string) => key.length,
    heldBack: (at: HeldBackAt) => {
      asked.push(at);
      return held();
    },
  };
  return {
    asked,
    hint: new PendingHint(logs as unknown as LogPositions, { of: undecided } as UndecidedRecords),
  };
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

  it('names a record that is no event, and that somebody has to decide about (it said nothing)', async () => {
    const undecided: Undecided = async ({ events: topic }, partition) =>
      topic === 'inventory.events' && partition === 8 ? { topic, partition, offset: 17n } : undefined;
    const { hint } = hints(async () => [], undecided);
    expect((await hint.of(order())).hint).toContain(
      'the record at inventory.events-8 offset 17 is no event, and nothing is decided',
    );
    expect((await hint.of(order())).hint).toContain('POST /v1/records/inventory.events/8/17/ignore');
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
    const fails = () => Promise.reject(new Error('no broker'));
    expect(await hints(fails, fails).hint.of(order())).toEqual({});
  });
});
