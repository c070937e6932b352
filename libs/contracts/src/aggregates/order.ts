import { fold } from '@atelier/eventing/domain';
import { type Money, type OrderLine, OrdersEvents } from '../generated/index.ts';

/** What an order's decisions need to know, and no more. */
export type Order = { readonly status: 'none' } | PendingOrder | { readonly status: Settled };

export type Settled = 'confirmed' | 'rejected' | 'cancelled';

export interface PendingOrder extends Terms {
  readonly status: 'pending';
  /** Skus of the lines whose pieces are held. A refused line settles the order, so it is never pending here. */
  readonly reserved: readonly string[];
}

/** What was agreed when the order was placed; its outcome repeats it for whoever reads no history. */
export interface Terms {
  readonly customerId: string;
  readonly email: string;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
}

/** An order as its events tell it. */
export const orderFold = fold<Order>()({
  group: 'orders.decider',
  version: 1,
  events: OrdersEvents,
  initial: { status: 'none' },

  evolve: {
    OrderSubmitted: (_, { data: { customer, lines, total } }) => ({
      status: 'pending',
      ...{ customerId: customer.id, email: customer.contact, lines, total },
      reserved: [],
    }),
    LineReserved: (state, { data }) => {
      if (state.status !== 'pending') throw new Error(`A line was reserved for a ${state.status} order`);
      return { ...state, reserved: [...state.reserved, data.sku] };
    },
    OrderConfirmed: () => ({ status: 'confirmed' }),
    OrderRejected: () => ({ status: 'rejected' }),
    OrderCancelled: () => ({ status: 'cancelled' }),
    LineRefused: (state) => state,
    OrderPlacementRefused: (state) => state,
    OrderCancellationRefused: (state) => state,
    OrderExpiryRefused: (state) => state,
    ReservationRecordingRefused: (state) => state,
  },
});
