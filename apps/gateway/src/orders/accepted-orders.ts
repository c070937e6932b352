import { Injectable } from '@nestjs/common';
import type { Order } from './order.schema.ts';

const remembered = 10_000;

/** The orders that were accepted here lately: a read right after the 202 finds them, wherever the read model is. */
@Injectable()
export class AcceptedOrders {
  private readonly orders = new Map<string, Order>();

  remember(order: Order): void {
    this.orders.set(order.orderId, order);
    const [oldest] = this.orders.keys();
    if (this.orders.size > remembered && oldest !== undefined) this.orders.delete(oldest);
  }

  find(orderId: string): Order | undefined {
    return this.orders.get(orderId);
  }
}
