import { OrderCancelled, OrderConfirmed, OrderRejected } from '@atelier/contracts';
import { type Attempt, Effect, Perform } from '@atelier/eventing';
import { Mailer } from './mailer.ts';
import { renderOrderMail, type SettledOrder } from './order-mail.ts';

/** Whenever an order is settled, its customer is told by mail. Nobody waits for another's mail server; mails of one order keep their order. */
@Effect({
  group: 'notifications.order-mail',
  concurrency: 8,
  retry: { immediate: 2, delays: ['1s', '10s', '1m'], within: '10m' },
})
export class OrderMailEffect {
  constructor(private readonly mailer: Mailer) {}

  @Perform(OrderConfirmed)
  confirmed(event: OrderConfirmed, attempt: Attempt) {
    return this.tell(event, attempt);
  }

  @Perform(OrderRejected)
  rejected(event: OrderRejected, attempt: Attempt) {
    return this.tell(event, attempt);
  }

  @Perform(OrderCancelled)
  cancelled(event: OrderCancelled, attempt: Attempt) {
    return this.tell(event, attempt);
  }

  private tell(event: SettledOrder, { idempotencyKey, signal }: Attempt): Promise<void> {
    return this.mailer.send(renderOrderMail(event), {
      messageId: `<${idempotencyKey}@atelier.example>`,
      signal,
    });
  }
}
