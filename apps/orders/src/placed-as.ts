import { OrderPlaced, type OrdersEvents } from '@atelier/contracts';
import type { Order } from '@atelier/contracts/aggregates';
import { type Decision, decider } from '@atelier/eventing/domain';
import { order } from './order.decider.ts';

/** The types of event that an order may begin with, the former one first. Everybody reads it as the newest. */
export const PLACED_AS = ['OrderPlaced', 'OrderSubmitted'] as const;
export type PlacedAs = (typeof PLACED_AS)[number];

/** The order decider that writes this type: the former one as long as there are readers that know no other. */
export const orderPlacedAs = (type: PlacedAs) =>
  type === 'OrderSubmitted' ? order : decider<Order>()({ ...order, decide: { ...order.decide, PlaceOrder } });

const PlaceOrder: typeof order.decide.PlaceOrder = (command, state) =>
  [order.decide.PlaceOrder(command, state)].flat().map(formerly);

type Decided = Exclude<Decision<typeof OrdersEvents>, readonly unknown[]>;

/** The address under both of its names, as releases from before there was `contact` read the other one. */
function formerly(event: Decided): Decided {
  if (event.type !== 'OrderSubmitted') return event;
  const { customer, ...terms } = event.data;
  return OrderPlaced({
    ...terms,
    customerId: customer.id,
    email: customer.contact,
    contact: customer.contact,
  });
}
