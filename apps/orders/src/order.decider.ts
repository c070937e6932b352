import {
  isIdTooLong,
  LineRefused,
  LineReserved,
  OrderCancellationRefused,
  OrderCancelled,
  OrderConfirmed,
  OrderExpiryRefused,
  OrderPlacementRefused,
  OrderRejected,
  OrdersCommands,
  type OrdersEvents,
  OrderSubmitted,
  type RecordReservation,
  ReservationRecordingRefused,
} from '@atelier/contracts';
import { type Order, orderFold, type PendingOrder, type Terms } from '@atelier/contracts/aggregates';
import { decider, type MessageIn } from '@atelier/eventing/domain';
import { totalOf } from './total.ts';

/** An order is pending until the inventory has answered every line, the customer cancels or its time is up. */
export const order = decider<Order>()({
  ...orderFold,
  commands: OrdersCommands,

  decide: {
    PlaceOrder({ data: { orderId, customerId, email, lines, channel } }, state) {
      const refuse = (reason: string) => OrderPlacementRefused({ orderId, reason });
      if (state.status !== 'none') return refuse('already-placed');
      if ([orderId, customerId, ...lines.map(({ sku }) => sku)].some(isIdTooLong))
        return refuse('id-too-long');
      const total = totalOf(lines);
      if ('wrong' in total) return refuse(total.wrong);
      const customer = { id: customerId, contact: email };
      return OrderSubmitted({ orderId, customer, lines, total, channel });
    },

    RecordReservation({ data }, state) {
      const { orderId, sku } = data;
      const refuse = (reason: string) => ReservationRecordingRefused({ orderId, sku, reason });
      if (state.status !== 'pending') return refuse(whyNotPending(state));
      if (state.reserved.includes(sku)) return refuse('already-answered');
      if (!state.lines.some((line) => line.sku === sku)) return refuse('unknown-line');
      return data.reserved ? reserved(data, state) : refused(data, state);
    },

    CancelOrder({ data: { orderId, reason } }, state) {
      if (state.status === 'pending')
        return OrderCancelled({ orderId, ...termsOf(state), reason, cancelledBy: 'customer' });
      return OrderCancellationRefused({ orderId, reason: whyNotPending(state) });
    },

    ExpireOrder({ data: { orderId } }, state) {
      if (state.status === 'pending')
        return OrderCancelled({ orderId, ...termsOf(state), reason: 'expired', cancelledBy: 'platform' });
      return OrderExpiryRefused({ orderId, reason: whyNotPending(state) });
    },
  },

  refuseReusedKey({ type, data }) {
    const reason = 'idempotency-key-reused';
    switch (type) {
      case 'PlaceOrder':
        return OrderPlacementRefused({ orderId: data.orderId, reason });
      case 'CancelOrder':
        return OrderCancellationRefused({ orderId: data.orderId, reason });
      case 'ExpireOrder':
        return OrderExpiryRefused({ orderId: data.orderId, reason });
      case 'RecordReservation':
        return ReservationRecordingRefused({ orderId: data.orderId, sku: data.sku, reason });
    }
  },
});

type Answer = RecordReservation['data'];
type Events = readonly MessageIn<typeof OrdersEvents>[];

/** The last line to be reserved confirms the order. */
function reserved({ orderId, sku }: Answer, state: PendingOrder): Events {
  const line = LineReserved({ orderId, sku });
  const isLast = state.reserved.length + 1 === state.lines.length;
  return isLast ? [line, OrderConfirmed({ orderId, ...termsOf(state) })] : [line];
}

/** One line that cannot be had rejects the whole order. */
function refused({ orderId, sku, reason }: Answer, state: PendingOrder): Events {
  const why = reason ?? 'not-available';
  return [
    LineRefused({ orderId, sku, reason: why }),
    OrderRejected({ orderId, ...termsOf(state), reason: why }),
  ];
}

const termsOf = ({ customerId, email, lines, total }: Terms): Terms => ({ customerId, email, lines, total });

const whyNotPending = ({ status }: Exclude<Order, PendingOrder>) =>
  status === 'none' ? 'unknown-order' : status;
