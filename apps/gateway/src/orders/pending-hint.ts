import { type HeldBackBy, LogPositions } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from './order.schema.ts';

/** An order usually settles within a fraction of this; before, nobody is asked. */
const USUAL_MS = 5_000;
/** A hint is not worth a wait: brokers that hang answer nobody. */
const PATIENCE_MS = 500;
const groups = [
  'orders.decider',
  'inventory.reserve-stock',
  'inventory.decider',
  'orders.record-reservation',
  'projections.orders.v1',
];

/** Says why an order is still pending, where an open transaction holds back what it waits for. */
@Injectable()
export class PendingHint {
  constructor(private readonly logs: LogPositions) {}

  /** Nothing for an order that is settled or young, or when nobody can say. Never throws. */
  async of(order: Order): Promise<{ hint?: string }> {
    if (order.status !== 'pending' || Date.now() - Date.parse(order.placedAt) < USUAL_MS) return {};
    const asking = this.logs.heldBack({ partitions: this.partitionsOf(order), groups }).catch(() => []);
    const held = await Promise.race([asking, sleep(PATIENCE_MS, [], { ref: false })]);
    return held.length > 0 ? { hint: hintOf(held) } : {};
  }

  private partitionsOf({ orderId, lines }: Order) {
    const at = (topic: string, key: string) => ({ topic, partition: this.logs.partitionOf(topic, key) });
    return [
      ...['orders.commands', 'orders.events'].map((topic) => at(topic, orderId)),
      ...lines.flatMap(({ sku }) =>
        ['inventory.commands', 'inventory.events'].map((topic) => at(topic, sku)),
      ),
    ];
  }
}

function hintOf(held: readonly HeldBackBy[]): string {
  const where = [...new Set(held.map(({ topic, partition }) => `${topic}-${partition}`))].join(', ');
  const seconds = Math.round((Date.now() - Math.min(...held.map(({ since }) => since))) / 1_000);
  return `It waits behind a transaction that has been open on ${where} for ${seconds} s. GET /health/ready of the services says whose it is`;
}
