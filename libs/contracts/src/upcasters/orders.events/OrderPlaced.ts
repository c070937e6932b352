import { upcaster } from '@atelier/eventing/domain';
import { contactOf } from '../../contact.ts';
import { OrderPlaced, OrderSubmitted } from '../../generated/orders.events.messages.ts';

/** What was said of the customer is one record, and the address has one name. */
export const upcast = upcaster(OrderPlaced, OrderSubmitted, ({ data }) => {
  const { orderId, customerId, lines, total, channel } = data;
  return OrderSubmitted({
    orderId,
    customer: { id: customerId, contact: contactOf(data) },
    lines,
    total,
    channel,
  });
});
