import { Injectable } from '@nestjs/common';
import { reusedKey } from '../problem/problem.ts';
import type { Order } from './order.schema.ts';

const remembered = 10_000;

/** The orders that were accepted here lately: a read right after the 202 finds them, wherever the read model is. */
@Injectable()
export class AcceptedOrders {
  private readonly orders = new Map<string, { readonly order: Order; readonly requestHash: string }>();

  /** Throws when this order was accepted for another request: its key was used twice. */
  refuseReuse(orderId: string, requestHash: string): void {
    const known = this.orders.get(orderId);
    if (known && known.requestHash !== requestHash) throw reusedKey();
  }

  /** The first one stays. */
  remember(order: Order, requestHash: string): void {
    if (!this.orders.has(order.orderId)) this.orders.set(order.orderId, { order, requestHash });
    const [oldest] = this.orders.keys();
    if (this.orders.size > remembered && oldest !== undefined) this.orders.delete(oldest);
  }

  find(orderId: string): Order | undefined {
    return this.orders.get(orderId)?.order;
  }
}
