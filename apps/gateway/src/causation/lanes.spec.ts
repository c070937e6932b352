import { describe, expect, it } from '@jest/globals';
import { orderPipeline, productPipeline } from '../read-model/barrier.ts';
import { effectsIn } from './effects.ts';
import { lanesOf, windowsAround } from './lanes.ts';

describe('where the records of a flow are looked for', () => {
  it('is about the times of what is known, for commands, and from the first on for copies', () => {
    const lanes = lanesOf(orderPipeline, 3, [1_000_000, 1_010_000, 2_000_000]);
    const windows = [
      { from: 970_000, to: 1_040_000 },
      { from: 1_970_000, to: 2_030_000 },
    ];
    const since = [{ from: 970_000, to: undefined }];
    expect(lanes).toContainEqual({ topic: 'orders.commands', partition: 3, windows });
    expect(lanes).toContainEqual({ topic: 'orders.commands.delay', partition: 3, windows });
    for (const topic of [
      'orders.decider.orders.commands.dlq',
      'notifications.order-mail.orders.events.retry.3',
    ])
      expect(lanes).toContainEqual({ topic, partition: 3, windows: since });
    // They are known from the read model.
    expect(lanes.map(({ topic }) => topic)).not.toContain('orders.events');
  });

  it('are topics that there are', () => {
    const topics = lanesOf(productPipeline, 0, [0]).map(({ topic }) => topic);
    expect(topics).not.toContain('inventory.commands.delay');
    expect(topics).toContain('orders.record-reservation.inventory.events.redrive');
  });

  it('are apart, in order', () => {
    expect(windowsAround([100_000, 10_000, 160_001])).toEqual([
      { from: -20_000, to: 40_000 },
      { from: 70_000, to: 130_000 },
      { from: 130_001, to: 190_001 },
    ]);
    expect(windowsAround([])).toEqual([]);
  });
});

describe('what effects act on', () => {
  it('is what the services say', async () => {
    const effects = await effectsIn(new URL('../asyncapi/asyncapi.json', import.meta.url));
    expect([...(effects.get('notifications.order-mail') ?? [])]).toEqual([
      'OrderCancelled',
      'OrderConfirmed',
      'OrderRejected',
    ]);
  });
});
