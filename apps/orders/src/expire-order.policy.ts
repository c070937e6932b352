import { ExpireOrder, OrderSubmitted } from '@atelier/contracts';
import { Policy, Whenever } from '@atelier/eventing';
import { after } from '@atelier/eventing/domain';
import { OrdersConfig } from './orders.config.ts';

/** Whenever an order is placed, it is expired some time later; an order that is settled by then refuses. */
@Policy({ group: 'orders.expire-order' })
export class ExpireOrderPolicy {
  constructor(private readonly config: OrdersConfig) {}

  @Whenever(OrderSubmitted)
  expire({ data: { orderId } }: OrderSubmitted) {
    return after(this.config.expiryMs, ExpireOrder({ orderId }));
  }
}
