import { type HeldBackBy, LogPositions, type RecordPlace } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { orderPipeline, productPipeline } from '../read-model/barrier.ts';
import { UndecidedRecords } from '../records/undecided-records.ts';
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

/** Says why an order is still pending, where an open transaction, or a record that is no event, holds back what it waits for. */
@Injectable()
export class PendingHint {
  constructor(
    private readonly logs: LogPositions,
    private readonly undecided: UndecidedRecords,
  ) {}

  /** Nothing for an order that is settled or young, or when nobody can say. Never throws. */
  async of(order: Order): Promise<{ hint?: string }> {
    if (order.status !== 'pending' || Date.now() - Date.parse(order.placedAt) < USUAL_MS) return {};
    const asked = [this.behindRecord(order), this.behindTransaction(order)].map((reason) =>
      pTimeout(reason, { milliseconds: WAIT_MS }).catch(() => undefined),
    );
    const hint = (await Promise.all(asked)).find((reason) => reason !== undefined);
    return hint === undefined ? {} : { hint };
  }

  private async behindTransaction(order: Order): Promise<string | undefined> {
    const held = await this.logs.heldBack({ partitions: this.partitionsOf(order), groups });
    return held.length > 0 ? transactionHint(held) : undefined;
  }

  private async behindRecord({ orderId, lines }: Order): Promise<string | undefined> {
    const at = (topic: string, key: string) => this.logs.partitionOf(topic, key);
    const ofProducts = new Set(lines.map(({ sku }) => at(productPipeline.events, sku)));
    const found = await Promise.all([
      this.undecided.of(orderPipeline, at(orderPipeline.events, orderId)),
      ...[...ofProducts].map((partition) => this.undecided.of(productPipeline, partition)),
    ]);
    const record = found.find((place) => place !== undefined);
    return record && recordHint(record);
  }

  private partitionsOf({ orderId, lines }: Order) {
    const at = (topic: string, key: string) => ({ topic, partition: this.logs.partitionOf(topic, key) });
    return [
      ...topics.ofOrder.map((topic) => at(topic, orderId)),
      ...lines.flatMap(({ sku }) => topics.ofProduct.map((topic) => at(topic, sku))),
    ];
  }
}

const recordHint = ({ topic, partition, offset }: RecordPlace) =>
  `It waits for an operator: the record at ${topic}-${partition} offset ${offset} is no event, and nothing is decided on its partition until it is ignored. POST /v1/records/${topic}/${partition}/${offset}/ignore does that`;

function transactionHint(held: readonly HeldBackBy[]): string {
  const where = [...new Set(held.map(({ topic, partition }) => `${topic}-${partition}`))].join(', ');
  const seconds = Math.round((Date.now() - Math.min(...held.map(({ since }) => since))) / 1_000);
  return `It waits behind a transaction that has been open on ${where} for ${seconds} s. GET /health/ready of the services says whose it is`;
}
