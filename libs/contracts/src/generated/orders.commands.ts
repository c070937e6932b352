// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { contract } from '@atelier/eventing/domain';
import {
  CancelOrder,
  ExpireOrder,
  PlaceOrder,
  RecordReservation,
} from './orders.commands.messages.ts';

export * from './orders.commands.messages.ts';
export type * from './orders.commands.versions.ts';

/** Every message of the topic orders.commands. */
export const OrdersCommands = contract('orders.commands', {
  CancelOrder,
  ExpireOrder,
  PlaceOrder,
  RecordReservation,
});

/** Any message of the topic orders.commands. */
export type OrdersCommand =
  | CancelOrder
  | ExpireOrder
  | PlaceOrder
  | RecordReservation;
