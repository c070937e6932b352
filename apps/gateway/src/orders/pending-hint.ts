import { type HeldBackBy, LogPositions } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { orderPipeline, productPipeline } from '../read-model/barrier.ts';
import type { Order } from './order.schema.ts';

/** An order usually settles within a fraction of this; before, nobody is asked. */
const USUAL_MS = 5_000;
/** A hint is not worth a wait: brokers that hang answer nobody. */
const WAIT_MS = 500;
/** In the order in which an order meets them. */
const groups = [
  orderPipeline.decider,
  'inventory.reserve-stock',
  productPipeline.decider,
  'orders.record-reservation',
  orderPipeline.projection,
];
const topics = {
  ofOrder: [orderPipeline.commands, orderPipeline.events],
  ofProduct: [productPipeline.commands, productPipeline.events],
};

/** Says why an order is still pending, where an open transaction holds back what it waits for. */
@Injectable()
export class PendingHint {
  constructor(private readonly logs: LogPositions) {}

  /** Nothing for an order that is settled or young, or when nobody can say. Never throws. */
  async of(order: Order): Promise<{ hint?: string }> {
    if (order.status !== 'pending' || Date.now() - Date.parse(order.placedAt) < USUAL_MS) return {};
    const asked = this.logs.heldBack({ partitions: this.partitionsOf(order), groups });
    const held = await pTimeout(asked, { milliseconds: WAIT_MS }).catch(() => []);
    return held.length > 0 ? { hint: hintOf(held) } : {};
  }

  private partitionsOf({ orderId, lines }: Order) {
    const at = (topic: string, key: string) => ({ topic, partition: this.logs.partitionOf(topic, key) });
    return [
      ...topics.ofOrder.map((topic) => at(topic, orderId)),
      ...lines.flatMap(({ sku }) => topics.ofProduct.map((topic) => at(topic, sku))),
    ];
  }
}

function hintOf(held: readonly HeldBackBy[]): string {
  const where = [...new Set(held.map(({ topic, partition }) => `${topic}-${partition}`))].join(', ');
  const seconds = Math.round((Date.now() - Math.min(...held.map(({ since }) => since))) / 1_000);
  return `It waits behind a transaction that has been open on ${where} for ${seconds} s. GET /health/ready of the services says whose it is`;
}
